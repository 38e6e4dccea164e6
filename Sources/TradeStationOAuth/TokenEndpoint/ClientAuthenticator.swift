import Foundation
import TradeStationModel

/// Adds the client's proof of identity to a form (RFC 6749 section 2.3.1).
enum ClientAuthenticator {
    /// A POST of `fields` that carries the client's identity in the way it was registered.
    ///
    /// With `basic` the body does not repeat the client id: a server may refuse two ways of authentication at once.
    /// A client without a secret only names itself, whatever was registered.
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
            // A fresh connection for every exchange: a reply lost on a stale one could not be told from a lost token.
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
