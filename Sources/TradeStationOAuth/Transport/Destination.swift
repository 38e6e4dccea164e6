import Foundation
import TradeStationModel

/// The server of a URL.
struct Destination: Sendable {
    let host: String
    let port: Int
    let isSecure: Bool

    /// Reads the server from a URL; nil if the URL names none.
    init?(_ url: String) {
        guard let parts = URL(string: url), let scheme = parts.scheme?.lowercased(),
            let host = parts.host(percentEncoded: false), !host.isEmpty
        else { return nil }
        isSecure = scheme == "https"
        self.host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? (isSecure ? 443 : 80)
    }

    /// Whether the server runs on this machine.
    var isLoopback: Bool {
        let name = host.lowercased()
        return name == "localhost" || name.hasSuffix(".localhost") || IPAddress(host)?.isLoopback == true
    }

    /// The proxy that the settings choose for the server; nil means a direct connection.
    ///
    /// - Throws: ``ProxyAddress/Defect`` if the server may only be reached through a proxy that cannot be used.
    func proxy(_ settings: NetworkSettings) throws(ProxyAddress.Defect) -> ProxyAddress? {
        // Plain HTTP is only used for servers on this machine, which need no proxy.
        guard let url = settings.proxy, isSecure, !isLoopback,
            !ProxyExceptions(settings.noProxy).contain(host: host, port: port)
        else { return nil }
        return try ProxyAddress(url)
    }
}
