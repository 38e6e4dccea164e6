import AsyncHTTPClient

/// One way to connect to a server: to one of its addresses, or through one of the addresses of a proxy.
///
/// The addresses are already looked up, so that connecting includes no lookup.
struct Route: Hashable, Sendable {
    /// The name of the server. Like ``address``, it is nil if the URL contains the server's address instead of a name,
    /// or if the server is reached through a proxy, which looks up the name itself.
    var name: String?
    /// The address to connect to; nil in the same cases as ``name``.
    var address: String?
    /// The proxy, at one of its addresses.
    var proxy: HTTPClient.Configuration.Proxy?
    /// How long connecting may take, in milliseconds.
    var connectMilliseconds: Int

    /// The maximum number of addresses that are tried for one request.
    private static let maximumAddresses = 3

    /// The routes to a server, in the order in which they are tried.
    ///
    /// The last route may use the whole time for connecting. Each route before it may use a third of that time, so that
    /// an address that does not answer leaves time for the next one.
    ///
    /// - Parameters:
    ///   - addresses: The addresses of the server, or of the proxy if there is one.
    static func all(
        to destination: Destination,
        through proxy: ProxyAddress?,
        at addresses: [String],
        connectMilliseconds: Int
    ) -> [Route] {
        let chosen = alternating(addresses).prefix(maximumAddresses)
        return chosen.enumerated().map { index, address in
            let isLast = index == chosen.count - 1
            let limit = max(1, isLast ? connectMilliseconds : connectMilliseconds / 3)
            guard let proxy else {
                let isName = address != destination.host
                return Route(
                    name: isName ? destination.host : nil,
                    address: isName ? address : nil,
                    connectMilliseconds: limit
                )
            }
            return Route(
                proxy: .server(host: address, port: proxy.port, authorization: proxy.authorization),
                connectMilliseconds: limit
            )
        }
    }

    /// The addresses, alternating between IPv6 and IPv4 as RFC 8305 section 4 asks: if one of the two does not work
    /// here, the other one is tried next.
    private static func alternating(_ addresses: [String]) -> [String] {
        guard let first = addresses.first else { return [] }
        let isSameFamily = { (address: String) in address.contains(":") == first.contains(":") }
        let (same, other) = (addresses.filter(isSameFamily), addresses.filter { !isSameFamily($0) })
        return (0..<max(same.count, other.count)).flatMap { index in
            [same, other].compactMap { index < $0.count ? $0[index] : nil }
        }
    }
}
