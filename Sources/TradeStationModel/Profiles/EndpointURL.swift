import Foundation

/// An absolute URL that a secret may be sent to: `https`, or `http` to this machine.
public struct EndpointURL: Hashable, Sendable, CustomStringConvertible {
    /// The text of the URL.
    public let text: String
    /// Whether the host is the loopback interface of this machine.
    public let isLoopback: Bool

    /// Creates a URL from its text.
    ///
    /// - Throws: ``AccountsError`` `usage` if the URL is not absolute, contains a user, password or fragment, or uses
    ///   plain `http` to another machine.
    public init(_ text: String) throws(AccountsError) {
        func refused(_ reason: String) -> AccountsError {
            AccountsError(
                .usage,
                "This URL cannot be used\(Self.shown(text)).",
                reason: reason,
                suggestion: "use an https:// URL"
            )
        }
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let host = parts.host?.lowercased(), !host.isEmpty, scheme == "https" || scheme == "http"
        else { throw refused("It must be an absolute http or https URL.") }
        guard parts.user == nil, parts.password == nil else { throw refused("It must not contain a user or password.") }
        guard parts.fragment == nil else { throw refused("It must not have a fragment (RFC 6749 section 3.1).") }
        if let port = parts.port, !(1...65_535).contains(port) { throw refused("Its port is out of range.") }
        isLoopback = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
        guard scheme == "https" || isLoopback else {
            throw refused("Plain http is allowed only to this machine: elsewhere it would send a secret unencrypted.")
        }
        self.text = text
    }

    /// The part of a refused URL that the message may show: scheme, host, port and path. The user and the query are
    /// left out, and so is a text that is not a URL, because a secret may have been typed there.
    private static func shown(_ text: String) -> String {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme, let host = parts.host else {
            return ""
        }
        let port = parts.port.map { ":\($0)" } ?? ""
        return ": \(scheme)://\(host)\(port)\(parts.path)".printable(limit: 120)
    }

    /// Scheme, host and port, for example `https://signin.tradestation.com`.
    ///
    /// It is computed each time, which keeps URLs small: every open session holds several.
    package var origin: String {
        let parts = URLComponents(string: text)
        let (scheme, host) = (parts?.scheme?.lowercased() ?? "", parts?.host?.lowercased() ?? "")
        return "\(scheme)://\(host)" + (parts?.port.map { ":\($0)" } ?? "")
    }

    /// The text of the URL.
    public var description: String { text }
}
