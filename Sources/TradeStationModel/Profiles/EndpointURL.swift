import Foundation

/// An absolute URL that secrets may be sent to: `https`, or `http` on the loopback interface.
public struct EndpointURL: Hashable, Sendable, CustomStringConvertible {
    /// The URL as it was given.
    public let text: String
    /// Whether the host is this machine.
    public let isLoopback: Bool

    /// Checks a URL.
    ///
    /// - Throws: ``AccountsError`` `usage` when it is not absolute, carries a user, password or fragment, or is
    ///   plain `http` to another machine.
    public init(_ text: String) throws(AccountsError) {
        func refused(_ reason: String) -> AccountsError {
            AccountsError(
                .usage,
                "This URL cannot be used: \(text.printable(limit: 120))",
                reason: reason,
                suggestion: "an https:// URL"
            )
        }
        guard text.utf8.count <= 2048, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let host = parts.host?.lowercased(), !host.isEmpty, scheme == "https" || scheme == "http"
        else { throw refused("It must be an absolute http or https URL.") }
        guard parts.user == nil, parts.password == nil else { throw refused("It must not carry a user or password.") }
        guard parts.fragment == nil else { throw refused("It must not have a fragment (RFC 6749 section 3.1).") }
        if let port = parts.port, !(1...65_535).contains(port) { throw refused("Its port is out of range.") }
        isLoopback = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
        guard scheme == "https" || isLoopback else {
            throw refused("Plain http is allowed only to this machine: a secret would travel in the clear.")
        }
        self.text = text
    }

    /// Scheme, host and port, for example `https://signin.tradestation.com`. Read from the text each time: every open
    /// session holds several URLs.
    public var origin: String {
        let parts = URLComponents(string: text)
        let (scheme, host) = (parts?.scheme?.lowercased() ?? "", parts?.host?.lowercased() ?? "")
        return "\(scheme)://\(host)" + (parts?.port.map { ":\($0)" } ?? "")
    }

    /// The URL as it was given.
    public var description: String { text }
}
