// Refreshes a token and asks for accounts with Go's net/http.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
)

func must(answer *http.Response, err error) []byte {
	if err != nil {
		panic(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 {
		panic(fmt.Sprint(answer.Status, err))
	}
	return body
}

func main() {
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {os.Getenv("CLIENT_ID")},
		"client_secret": {"made-up-secret"}, "refresh_token": {"made-up-refresh-token"}}
	var reply struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(must(http.PostForm("https://signin.tradestation.com/oauth/token", form)), &reply); err != nil {
		panic(err)
	}
	request, _ := http.NewRequest("GET", "https://sim-api.tradestation.com/v3/brokerage/accounts", nil)
	request.Header.Set("Authorization", "Bearer "+reply.AccessToken)
	fmt.Println(string(must(http.DefaultClient.Do(request))))
}
