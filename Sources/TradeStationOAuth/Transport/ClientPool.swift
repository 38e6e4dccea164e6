import AsyncHTTPClient

/// The HTTP clients of a transport, one for each route, because the configuration of a client decides where it connects
/// to.
struct ClientPool {
    private var clients: [Route: RoutedClient] = [:]
    /// The routes, the one that was used last at the end.
    private var routes: [Route] = []

    /// The addresses of a server may change. At most this many clients are kept; one that is dropped serves the requests
    /// that it has.
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

/// An HTTP client that shuts down with its last reference.
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
