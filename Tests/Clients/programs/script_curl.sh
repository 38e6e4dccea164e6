# Refreshes a token and asks for accounts with curl.
set -e
token=$(curl -sSf https://signin.tradestation.com/oauth/token -d grant_type=refresh_token -d "client_id=$CLIENT_ID" \
    -d client_secret=made-up-secret -d refresh_token=made-up-refresh-token |
    sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl -sSf https://sim-api.tradestation.com/v3/brokerage/accounts -H "Authorization: Bearer $token"
