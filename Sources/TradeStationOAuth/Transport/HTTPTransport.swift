import NIOCore
import Synchronization

/// Sends HTTP requests and reads complete or streaming responses.
///
/// It never follows a redirect (a 307 would send the secrets to another server), never retries, speaks only HTTP/1.1 and
/// asks for no compression. A complete response that is compressed all the same is decompressed. It uses a proxy only as
/// a tunnel (`CONNECT`). The underlying clients are created with the first request.
package final class HTTPTransport: Sendable {
    private let configuration: TransportConfiguration
    private let sleep: @Sendable (_ milliseconds: Int) async throws -> Void
    private let connector: Connector
    private let readers = TaskRegister()
    private let isClosed = Atomic(false)

    /// The number of event loops, with a thread each, that the first request of this process starts.
    package static var loopCount: Int { NIOSingletons.groupLoopCountSuggestion }

    /// The number of threads that the first requests of this process start.
    package static var threadCount: Int { loopCount + NIOSingletons.blockingPoolThreadCountSuggestion }

    /// Creates a transport; does not connect yet.
    ///
    /// - Parameters:
    ///   - configuration: The limits.
    ///   - resolver: Looks up names; several transports can share it.
    ///   - sleep: Sleeps until the time limit of a reply; throws if its task is cancelled.
    package init(
        configuration: TransportConfiguration = TransportConfiguration(),
        resolver: NameResolver = NameResolver(),
        sleep: @escaping @Sendable (_ milliseconds: Int) async throws -> Void = HTTPTransport.systemSleep
    ) {
        self.configuration = configuration
        self.sleep = sleep
        connector = Connector(configuration, resolver: resolver, sleep: sleep)
    }

    /// Sleeps on the system's clock.
    package static let systemSleep: @Sendable (_ milliseconds: Int) async throws -> Void = {
        try await Task.sleep(for: .milliseconds($0))
    }

    /// Sends a request and reads the whole response.
    ///
    /// Cancelling the task abandons the request. A caller that must know the outcome runs the call in a task that is
    /// not cancelled.
    ///
    /// - Parameter onConnecting: Called once the name of the server has been looked up, before anything is sent.
    /// - Throws: ``TransportFailure``, which reports whether the server may have acted on the request.
    package func execute(
        _ request: HTTPExchangeRequest,
        onConnecting: @Sendable () -> Void = {}
    ) async throws(TransportFailure) -> HTTPExchangeResponse {
        guard !isClosed.load(ordering: .acquiring) else { throw TransportFailure(stage: .notSent, reason: .closed) }
        var limit = max(1, request.deadlineMilliseconds ?? configuration.replyMilliseconds)
        let started = ContinuousClock.now
        let lookUpLimit = request.lookUpMilliseconds ?? configuration.lookUpMilliseconds
        let path = try await connector.path(to: request.url, within: lookUpLimit ?? limit)
        if lookUpLimit == nil { limit = max(1, limit - Int(started.duration(to: .now) / .milliseconds(1))) }
        onConnecting()
        let exchange = HTTPExchange(connector: connector, request: request)
        let outcome = await withTaskGroup(of: HTTPExchange.Outcome?.self) { [limit] group in
            group.addTask { await exchange.run(over: path) }
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
    /// Only looking up the name and connecting have time limits; the caller decides how long to wait for each event.
    ///
    /// - Throws: ``TransportFailure`` if the transport is shut down. ``HTTPStream/next()`` reports all other failures.
    package func open(_ request: HTTPExchangeRequest) throws(TransportFailure) -> HTTPStream {
        guard !isClosed.load(ordering: .acquiring),
            let stream = HTTPStream(HTTPExchange(connector: connector, request: request), in: readers)
        else { throw TransportFailure(stage: .notSent, reason: .closed) }
        return stream
    }

    /// Closes every connection; requests in flight fail. Calling this twice is safe.
    ///
    /// If a connection is being established, this waits for it, at most for the connect timeout.
    package func shutdown() async {
        isClosed.store(true, ordering: .releasing)
        await connector.shutdown()
        // Shutting down the clients does not end streams whose readers are not waiting for an event.
        readers.close()
        await readers.waitForTasks()
    }
}
