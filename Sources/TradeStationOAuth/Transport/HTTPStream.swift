import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// One reply that goes on until one side ends it, read piece by piece.
///
/// Each ``next()`` reads one piece and nothing is read ahead of it but what the connection's own small buffer takes, so
/// a slow reader slows the server. With the last reference to it the connection is closed, and with its transport.
public final class HTTPStream: Sendable {
    /// What came.
    public enum Event: Sendable {
        /// Status and header fields, first and once; the body is empty.
        case head(HTTPExchangeResponse)
        /// A piece of the body, wherever it was cut.
        case bytes([UInt8])
        /// The body came to its proper end.
        case end
        /// There was no reply, or no rest of it.
        case failed(TransportFailure)
    }

    private let events: AsyncStream<Event>
    private let demand: AsyncStream<Void>.Continuation
    private let reading: Task<Void, any Error>

    /// Begins to read; nil when no more may be read.
    init?(_ exchange: HTTPExchange, in readers: TaskRegister) {
        let (events, output) = AsyncStream.makeStream(of: Event.self)
        let (wanted, demand) = AsyncStream.makeStream(of: Void.self)
        let reading = readers.start {
            // One event for each that is wanted; the connection ends with this task, however it ends.
            do throws(TransportFailure) {
                try await exchange.read(wanted) { output.yield($0) }
            } catch {
                output.yield(.failed(error))
            }
            output.finish()
        }
        guard let reading else { return nil }
        self.reading = reading
        self.events = events
        self.demand = demand
    }

    deinit {
        cancel()
    }

    /// Waits for what comes next, to be called by one task at a time. After ``Event/end`` and ``Event/failed(_:)``
    /// nothing follows: from then on, and when the waiting task is cancelled, it is a failure by `cancelled`.
    public func next() async -> Event {
        demand.yield()
        for await event in events { return event }
        return .failed(TransportFailure(stage: .unknown, reason: .cancelled))
    }

    /// Closes the connection, whoever waits for what it brings.
    public func cancel() {
        reading.cancel()
    }

    /// Closes the connection and returns when nothing reads from it any more.
    public func close() async {
        cancel()
        _ = await reading.result
    }
}

extension HTTPExchange {
    /// Tells one event for each element of `wanted`: the head, the pieces of the body, its end.
    fileprivate func read(
        _ wanted: AsyncStream<Void>,
        _ tell: (HTTPStream.Event) -> Void
    ) async throws(TransportFailure) {
        var head: HTTPExchangeResponse?
        do {
            let reply = try await client.execute(outgoing(OutgoingBody(request.body)), deadline: .distantFuture)
            let received = HTTPExchangeResponse(
                status: Int(reply.status.code),
                headers: reply.headers.map { ($0.name, $0.value) }
            )
            head = received
            var body = reply.body.makeAsyncIterator()
            tell(.head(received))
            // The demand that the head has met.
            var demands = wanted.makeAsyncIterator()
            _ = await demands.next()
            while await demands.next() != nil {
                guard let piece = try await body.next() else {
                    // A cancelled body may end as if it were complete.
                    try Task.checkCancellation()
                    tell(.end)
                    return
                }
                tell(.bytes(Array(piece.readableBytesView)))
            }
        } catch {
            throw failure(for: error, bodyWasTaken: false, partial: head)
        }
    }
}
