import AsyncHTTPClient
import NIOCore
import NIOSSL
import Synchronization
import TradeStationModel

/// Finds the routes to a server, and keeps the HTTP clients that connect over them.
final class Connector: Sendable {
    /// The routes by which one request can reach its server.
    struct Path: Sendable {
        let destination: Destination
        let proxy: ProxyAddress?
        /// The routes in the order in which they are tried.
        let routes: [Route]
        /// The TLS settings for an `https` server; nil for `http`.
        let tls: TLSConfiguration?

        /// The host whose addresses the routes lead to.
        var lookedUpHost: String { proxy?.host ?? destination.host }
    }

    private enum State {
        case open(ClientPool)
        /// The connector is shut down; the task ends when the last connection has closed.
        case closed(Task<Void, Never>)
    }

    let configuration: TransportConfiguration
    private let sleep: @Sendable (_ milliseconds: Int) async throws -> Void
    private let resolver: NameResolver
    private let authorities: TrustedAuthorities
    private let state = Mutex(State.open(ClientPool()))

    init(
        _ configuration: TransportConfiguration,
        resolver: NameResolver,
        sleep: @escaping @Sendable (_ milliseconds: Int) async throws -> Void
    ) {
        self.configuration = configuration
        self.sleep = sleep
        self.resolver = resolver
        authorities = TrustedAuthorities(configuration.network)
    }

    // MARK: Paths

    /// Finds the routes to the server of a URL. Nothing is sent to the server.
    ///
    /// - Parameter limit: How long the lookup of the name may take, in milliseconds; nil means the transport's limit.
    /// - Throws: ``TransportFailure`` with the stage `notSent`.
    func path(to url: String, within limit: Int? = nil) async throws(TransportFailure) -> Path {
        guard let destination = Destination(url) else {
            throw TransportFailure(stage: .notSent, reason: .malformedRequest)
        }
        var proxy: ProxyAddress?
        do throws(TransportFailure) {
            proxy = try self.proxy(to: destination)
            let tls = destination.isSecure ? try await authorities.tlsConfiguration() : nil
            let routes = Route.all(
                to: destination,
                through: proxy,
                at: try await addresses(
                    of: proxy?.host ?? destination.host,
                    within: limit ?? configuration.lookUpMilliseconds ?? configuration.replyMilliseconds
                ),
                connectMilliseconds: configuration.connectMilliseconds
            )
            return Path(destination: destination, proxy: proxy, routes: routes, tls: tls)
        } catch {
            throw error.about(destination, proxy)
        }
    }

    private func proxy(to destination: Destination) throws(TransportFailure) -> ProxyAddress? {
        do throws(ProxyAddress.Defect) {
            return try destination.proxy(configuration.network)
        } catch {
            let name = configuration.network.proxyName
            throw TransportFailure(stage: .notSent, reason: .unusableProxy(name: name, scheme: error.scheme))
        }
    }

    private func addresses(of host: String, within limit: Int) async throws(TransportFailure) -> [String] {
        if let known = resolver.knownAddresses(of: host) { return known }
        let (answer, timedOut) = await withTaskGroup(of: (NameResolver.Answer?, timedOut: Bool).self) { group in
            group.addTask { [resolver] in (await resolver.answer(for: host), false) }
            group.addTask { [sleep] in
                try? await sleep(max(1, limit))
                return (nil, !Task.isCancelled)
            }
            defer { group.cancelAll() }
            return await group.next() ?? (nil, false)
        }
        switch answer {
        case .addresses(let addresses): return addresses
        case .unknownName: throw TransportFailure(stage: .notSent, reason: .nameNotResolved)
        case .failed: throw TransportFailure(stage: .notSent, reason: .resolverFailed)
        case nil where timedOut: throw TransportFailure(stage: .notSent, reason: .resolverSilent)
        case nil: throw TransportFailure(stage: .notSent, reason: Task.isCancelled ? .cancelled : .closed)
        }
    }

    /// Remembers that a connection over a route was possible.
    func noteSuccess(of route: Route, on path: Path) {
        if let address = route.proxy?.host ?? route.address { resolver.prefer(address, for: path.lookedUpHost) }
    }

    /// Remembers that no connection to the server was possible.
    func noteFailure(of path: Path) {
        resolver.forget(path.lookedUpHost)
    }

    // MARK: Clients

    /// The client for a route; nil if the transport is shut down.
    func client(for route: Route, on path: Path) -> RoutedClient? {
        state.withLock { state in
            guard case .open(var pool) = state else { return nil }
            let client = pool.client(for: route) { RoutedClient(clientConfiguration(route, path.tls)) }
            state = .open(pool)
            return client
        }
    }

    /// Closes every connection; requests in flight fail. Calling this twice is safe.
    func shutdown() async {
        let ending = state.withLock { state in
            switch state {
            case .closed(let ending): return ending
            case .open(let pool):
                let ending = Task<Void, Never> { for client in pool.all { await client.shutdown() } }
                state = .closed(ending)
                return ending
            }
        }
        await ending.value
    }

    private func clientConfiguration(_ route: Route, _ tls: TLSConfiguration?) -> HTTPClient.Configuration {
        var pool = HTTPClient.Configuration.ConnectionPool(
            idleTimeout: .seconds(30),
            concurrentHTTP1ConnectionsPerHostSoftLimit: max(1, configuration.connectionsPerHost)
        )
        pool.retryConnectionEstablishment = false
        var client = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: .milliseconds(Int64(route.connectMilliseconds))),
            connectionPool: pool,
            proxy: route.proxy,
            decompression: .disabled
        )
        if let name = route.name, let address = route.address { client.dnsOverride = [name: address] }
        client.httpVersion = .http1Only
        client.http1_1ConnectionDebugInitializer = ResponseGuard.install
        return client
    }
}

extension ProxyAddress.Defect {
    /// The scheme that is not supported; nil if something else is wrong.
    fileprivate var scheme: String? {
        if case .scheme(let scheme) = self { return scheme }
        return nil
    }
}
