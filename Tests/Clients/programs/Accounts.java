// Java's HttpClient takes neither a proxy nor authorities from the environment, so this uses TSACCOUNTS_API_URL.
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Accounts {
    public static void main(String[] arguments) throws Exception {
        var url = URI.create(System.getenv("TSACCOUNTS_API_URL") + "/v3/brokerage/accounts");
        var answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(url).build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new Exception("status " + answer.statusCode());
        System.out.println(answer.body());
    }
}
