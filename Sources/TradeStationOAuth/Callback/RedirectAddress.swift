import Foundation

/// The parts of a redirect URI that decide where the callback listens.
struct RedirectAddress {
    let scheme: String
    /// The host in lower case, without the brackets of an IPv6 address.
    let host: String
    let port: Int?
    /// The path as written, or `/` if the URI has none.
    let path: String

    init?(_ text: some StringProtocol) {
        let text = text.prefix { $0 != "?" }
        guard let parts = URLComponents(string: String(text)), let scheme = parts.scheme?.lowercased(),
            let host = parts.host?.lowercased(), parts.user == nil, parts.password == nil, parts.fragment == nil
        else { return nil }
        self.scheme = scheme
        self.host = host.trimmingCharacters(in: ["[", "]"])
        port = parts.port ?? ["http": 80, "https": 443][scheme]
        path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
    }

    /// The port to listen on, if the URI is plain HTTP to this computer.
    var loopbackPort: Int? {
        guard scheme == "http", ["localhost", "127.0.0.1", "::1"].contains(host), let port else { return nil }
        return (1...65_535).contains(port) ? port : nil
    }
}
