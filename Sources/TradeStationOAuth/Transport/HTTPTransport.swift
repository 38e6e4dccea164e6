import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Sends HTTP requests and reads complete or streaming responses.
///
/// It never follows a redirect (a 307 would send the secrets to another server), never retries, uses no proxy and does
/// not decompress. The underlying client is created with the first request.
package final class HTTPTransport: Sendable {
    private enum State {
        case idle
        case open(HTTPClient)
        /// Shut down; the task ends when the last connection has closed.
        case closed(Task<Void, Never>)
    }

    private let configuration: TransportConfiguration
    private let sleep: @Sendable (_ milliseconds: Int) async throws -> Void
    private let state = Mutex(State.idle)
    private let readers = TaskRegister()

    /// The number of threads that the first request of this process starts.
    package static var threadCount: Int { NIOSingletons.groupLoopCountSuggestion }

    /// Creates a transport; does not connect yet.
    ///
    /// - Parameters:
    ///   - configuration: The limits.
    ///   - sleep: Sleeps until the time limit of a reply; throws if its task is cancelled.
    package init(
        configuration: TransportConfiguration = TransportConfiguration(),
        sleep: @escaping @Sendable (_ milliseconds: Int) async throws -> Void = HTTPTransport.systemSleep
    ) {
        self.configuration = configuration
        self.sleep = sleep
    }

    /// Sleeps on the system's clock.
    package static let systemSleep: @Sendable (_ milliseconds: Int) async throws -> Void = {
        try await Task.sleep(for: .milliseconds($0))
    }

    deinit {
        guard case .open(let client) = state.withLock({ $0 }) else { return }
        client.shutdown { _ in }
    }

    /// Sends a request and reads the whole response.
    ///
    /// Cancelling the task abandons the request. A caller that must know the outcome runs the call in a task that is
    /// not cancelled.
    ///
    /// - Throws: ``TransportFailure``, which reports whether the server may have acted on the request.
    package func execute(_ request: HTTPExchangeRequest) async throws(TransportFailure) -> HTTPExchangeResponse {
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
                    // The limit has passed, unless the sleep ended because the caller was cancelled.
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

    /// Sends a request and returns its response as a stream, without limits for time and size.
    ///
    /// Only connecting has a time limit; the caller decides how long to wait for each event.
    ///
    /// - Throws: ``TransportFailure`` if the transport is shut down. ``HTTPStream/next()`` reports all other failures.
    package func open(_ request: HTTPExchangeRequest) throws(TransportFailure) -> HTTPStream {
        guard let client = openClient(),
            let stream = HTTPStream(
                HTTPExchange(client: client, configuration: configuration, request: request),
                in: readers
            )
        else { throw TransportFailure(stage: .notSent, reason: .closed) }
        return stream
    }

    /// Closes every connection; requests in flight fail. Calling this twice is safe.
    ///
    /// If a connection is being established, this waits for it, at most for the connect timeout.
    package func shutdown() async {
        let ending = state.withLock { state in
            let client: HTTPClient?
            switch state {
            case .closed(let ending): return ending
            case .open(let open): client = open
            case .idle: client = nil
            }
            // The client only throws because of requests in flight, and it has already failed those.
            let ending = Task<Void, Never> { try? await client?.shutdown() }
            state = .closed(ending)
            return ending
        }
        await ending.value
        // The client does not fail streams that wait for the next call of their reader.
        readers.close()
        await readers.waitForTasks()
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
