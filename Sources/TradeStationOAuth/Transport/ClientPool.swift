import AsyncHTTPClient

/// The HTTP clients of a transport, one for each route, because the configuration of a client decides where it connects
/// to.
struct ClientPool {
    private var clients: [Route: RoutedClient] = [:]
    /// The routes that have a client; the most recently used one is last.
    private var routes: [Route] = []

    /// The maximum number of clients. The addresses of a server may change, so the least recently used client is
    /// dropped; it still completes the requests that it has.
    private static let capacity = 32

    /// Every client.
    var all: [RoutedClient] { Array(clients.values) }

    /// The client for a route.
    mutating func client(for route: Route, make: () -> RoutedClient) -> RoutedClient {
        routes.removeAll { $0 == route }
        routes.append(route)
        if let client = clients[route] { return client }
        let client = make()
        clients[route] = client
        if routes.count > Self.capacity { clients[routes.removeFirst()] = nil }
        return client
    }
}

/// An HTTP client that shuts down when the last reference to it is released.
final class RoutedClient: Sendable {
    let http: HTTPClient

    init(_ configuration: HTTPClient.Configuration) {
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit {
        http.shutdown { _ in }
    }

    /// Closes every connection; requests in flight fail.
    func shutdown() async {
        // The client only throws because of requests in flight, and it has already failed those.
        try? await http.shutdown()
    }
}
