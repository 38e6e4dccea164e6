import AsyncHTTPClient
import Foundation
package import TradeStationModel

/// The address of an HTTP proxy, with the user name and password to send to it, if it needs them.
package struct ProxyAddress: Sendable {
    /// Why a proxy URL cannot be used.
    package enum Defect: Error, Hashable {
        /// The scheme is not `http`.
        case scheme(String)
        /// The text is not the URL of a proxy.
        case malformed
    }

    /// The name or address of the proxy, without brackets.
    package let host: String
    /// The port of the proxy.
    package let port: Int
    /// The user name and the password for the `Proxy-Authorization` header field, if the URL has them.
    let authorization: HTTPClient.Authorization?

    /// The port that `curl(1)` uses for a proxy URL that contains no port.
    private static let defaultPort = 1_080

    /// Creates an address from the URL of a proxy; the scheme may be missing.
    ///
    /// - Throws: ``Defect``, which never contains the user name or the password.
    package init(_ url: Secret) throws(Defect) {
        var rest = url.exposed[...]
        if let separator = rest.range(of: "://") {
            let scheme = rest[..<separator.lowerBound].lowercased()
            guard scheme == "http" else { throw .scheme(scheme.printable(limit: 20)) }
            rest = rest[separator.upperBound...]
        }
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        var authorization: HTTPClient.Authorization?
        if let at = rest.lastIndex(of: "@") {
            let pair = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = pair.compactMap { $0.removingPercentEncoding }
            guard decoded.count == pair.count else { throw .malformed }
            authorization = .basic(username: decoded.first ?? "", password: decoded.count > 1 ? decoded[1] : "")
            rest = rest[rest.index(after: at)...]
        }
        let portText: Substring
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            portText = rest[rest.index(after: end)...]
        } else {
            host = String(rest.prefix { $0 != ":" })
            portText = rest.drop { $0 != ":" }
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .malformed }
        guard let port = portText.isEmpty ? Self.defaultPort : Int(portText.dropFirst()),
            portText.isEmpty || portText.hasPrefix(":"), (1...65_535).contains(port)
        else { throw .malformed }
        self.port = port
        self.authorization = authorization
    }

    /// The value of the `Proxy-Authorization` header field; nil if the proxy gets none.
    package var authorizationField: String? { authorization?.headerValue }

    /// The host and the port, for messages.
    package var shown: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
