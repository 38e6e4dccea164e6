import Foundation
import TradeStationModel

/// Adds client authentication to a request (RFC 6749 section 2.3.1).
enum ClientAuthenticator {
    /// Creates a POST request with `fields`, authenticated by the method that the registration names.
    ///
    /// With `basic`, the body does not contain the client id, because a server may reject two authentication methods in
    /// one request. A client without a secret sends only its client id, even if another method is
    /// registered.
    static func request(
        to url: EndpointURL,
        fields: [(name: String, value: String)],
        credentials: ClientCredentials
    ) -> HTTPExchangeRequest {
        let clientID = credentials.registration.clientID
        var form = fields
        var headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Accept", "application/json"),
            // Use a new connection for every exchange: when a reused connection turns out to be closed, nobody can tell
            // whether the server has issued a token.
            ("Connection", "close"),
        ]
        switch (credentials.registration.authentication, credentials.secret) {
        case (.basic, let secret?):
            let pair = "\(FormEncoding.encode(clientID)):\(FormEncoding.encode(secret.exposed))"
            headers.append(("Authorization", "Basic \(Data(pair.utf8).base64EncodedString())"))
        case (.post, let secret?):
            form.append(("client_id", clientID))
            form.append(("client_secret", secret.exposed))
        case (.none, _), (_, nil):
            form.append(("client_id", clientID))
        }
        return HTTPExchangeRequest(
            method: "POST",
            url: url.text,
            headers: headers,
            body: Array(FormEncoding.encode(form).utf8)
        )
    }
}
