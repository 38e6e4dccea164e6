import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Sends one request and brings back one bounded reply, or opens one that goes on.
///
/// It never follows a redirect (a 307 would post the secrets again, elsewhere), never retries, uses no proxy and
/// decompresses nothing. The underlying client is made with the first request.
public final class HTTPTransport: Sendable {
    private enum State {
        case idle
        case open(HTTPClient)
        /// From then on; the task ends when the last connection has.
        case closed(Task<Void, Never>)
    }

    private let configuration: TransportConfiguration
    private let sleep: @Sendable (_ milliseconds: Int) async throws -> Void
    private let state = Mutex(State.idle)
    private let readers = TaskRegister()

    /// A transport; opens nothing yet.
    ///
    /// - Parameter sleep: lets the time pass in which a whole reply has to come; throws when its task is cancelled.
    public init(
        configuration: TransportConfiguration = TransportConfiguration(),
        sleep: @escaping @Sendable (_ milliseconds: Int) async throws -> Void = HTTPTransport.systemSleep
    ) {
        self.configuration = configuration
        self.sleep = sleep
    }

    /// Sleeps by the system's clock.
    public static let systemSleep: @Sendable (_ milliseconds: Int) async throws -> Void = {
        try await Task.sleep(for: .milliseconds($0))
    }

    deinit {
        guard case .open(let client) = state.withLock({ $0 }) else { return }
        client.shutdown { _ in }
    }

    /// Sends a request and reads the whole reply.
    ///
    /// - Throws: ``TransportFailure``, which tells whether the server may have acted. Cancelling the task abandons
    ///   the request; whoever must know the outcome shields the call.
    public func execute(_ request: HTTPExchangeRequest) async throws(TransportFailure) -> HTTPExchangeResponse {
        guard let client = openClient() else { throw TransportFailure(stage: .notSent, reason: .closed) }
        let exchange = HTTPExchange(client: client, configuration: configuration, request: request)
        let limit = max(1, request.deadlineMilliseconds ?? configuration.replyMilliseconds)
        let outcome = await withTaskGroup(of: HTTPExchange.Outcome?.self) { group in
            group.addTask { await exchange.run() }
            group.addTask { [sleep] in
                try? await sleep(limit)
                return nil
            }
            var timedOut = false
            while let result = await group.next() {
                guard let outcome = result else {
                    // The limit passed, unless the sleep ended because the caller was cancelled.
                    timedOut = !Task.isCancelled
                    group.cancelAll()
                    continue
                }
                group.cancelAll()
                return timedOut ? outcome.afterTimeout : outcome
            }
            return .failure(TransportFailure(stage: .unknown, reason: .cancelled))
        }
        return try outcome.get()
    }

    /// Opens a reply that has no end of its own: it takes any time and any size, and is read as its caller asks.
    ///
    /// Only making the connection is limited in time; how long to wait for what comes is the caller's to decide.
    ///
    /// - Throws: ``TransportFailure`` when the transport is shut down; all else comes from ``HTTPStream/next()``.
    public func open(_ request: HTTPExchangeRequest) throws(TransportFailure) -> HTTPStream {
        guard let client = openClient(),
            let stream = HTTPStream(
                HTTPExchange(client: client, configuration: configuration, request: request),
                in: readers
            )
        else { throw TransportFailure(stage: .notSent, reason: .closed) }
        return stream
    }

    /// Closes every connection; requests that are under way fail. Safe to call twice.
    ///
    /// It may wait for a connection that is just being made, at most as long as connecting may take.
    public func shutdown() async {
        let ending = state.withLock { state in
            let client: HTTPClient?
            switch state {
            case .closed(let ending): return ending
            case .open(let open): client = open
            case .idle: client = nil
            }
            // The client only complains about requests that were still under way, and those have been told.
            let ending = Task<Void, Never> { try? await client?.shutdown() }
            state = .closed(ending)
            return ending
        }
        await ending.value
        // Those that wait for their reader's next call have not been told.
        readers.close()
        await readers.ended()
    }

    private func openClient() -> HTTPClient? {
        state.withLock { state in
            switch state {
            case .open(let client): return client
            case .closed: return nil
            case .idle:
                let client = HTTPClient(
                    eventLoopGroupProvider: .singleton,
                    configuration: configuration.clientConfiguration
                )
                state = .open(client)
                return client
            }
        }
    }
}
