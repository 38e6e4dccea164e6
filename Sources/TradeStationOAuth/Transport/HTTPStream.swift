import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A streaming HTTP response, read piece by piece until one side ends it.
///
/// Each ``next()`` reads one piece. Apart from the connection's small buffer nothing is read ahead, so a slow reader
/// slows the server down. The connection closes when the last reference to the stream is released or the transport
/// shuts down.
package final class HTTPStream: Sendable {
    /// An event of the response.
    package enum Event: Sendable {
        /// The status and header fields; always the first event. The body is empty.
        case head(HTTPExchangeResponse)
        /// A piece of the body; its boundaries have no meaning.
        case bytes([UInt8])
        /// The body is complete.
        case end
        /// The request failed, or the response broke off.
        case failed(TransportFailure)
    }

    private let events: AsyncStream<Event>
    private let demand: AsyncStream<Void>.Continuation
    private let reading: Task<Void, any Error>

    /// Starts to read; returns nil if the transport is shut down.
    init?(_ exchange: HTTPExchange, in readers: TaskRegister) {
        let (events, output) = AsyncStream.makeStream(of: Event.self)
        let (demands, demand) = AsyncStream.makeStream(of: Void.self)
        let reading = readers.start {
            // Reads one event per demand. The connection closes when this task ends.
            do throws(TransportFailure) {
                try await exchange.read(demands) { output.yield($0) }
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

    /// Waits for the next event. Only one task may call this at a time.
    ///
    /// After ``Event/end`` and ``Event/failed(_:)``, and if the waiting task is cancelled, this returns a failure with the
    /// reason `cancelled`.
    package func next() async -> Event {
        demand.yield()
        for await event in events { return event }
        return .failed(TransportFailure(stage: .unknown, reason: .cancelled))
    }

    /// Closes the connection, even while a task waits for an event.
    package func cancel() {
        reading.cancel()
    }

    /// Closes the connection and waits until the task that reads from it has ended.
    package func close() async {
        cancel()
        _ = await reading.result
    }
}

extension HTTPExchange {
    /// Emits one event for each element of `demands`: the head, the pieces of the body, the end.
    fileprivate func read(
        _ demands: AsyncStream<Void>,
        _ emit: (HTTPStream.Event) -> Void
    ) async throws(TransportFailure) {
        let path = try await connector.path(to: request.url)
        let sending = OutgoingBody(request.body)
        var head: HTTPExchangeResponse?
        do {
            let (reply, client) = try await reply(to: sending, over: path)
            defer { withExtendedLifetime(client) {} }
            let received = HTTPExchangeResponse(
                status: Int(reply.status.code),
                headers: reply.headers.map { ($0.name, $0.value) }
            )
            head = received
            var body = reply.body.makeAsyncIterator()
            emit(.head(received))
            var pending = demands.makeAsyncIterator()
            // Skip the first demand: the head has answered it.
            _ = await pending.next()
            while await pending.next() != nil {
                guard let piece = try await body.next() else {
                    // The body of a cancelled request may end as if it were complete.
                    try Task.checkCancellation()
                    emit(.end)
                    return
                }
                emit(.bytes(Array(piece.readableBytesView)))
            }
        } catch {
            let mayHaveBeenSent = sending.mayHaveBeenSent
            throw await failure(for: error, on: path, bodyMayHaveBeenSent: mayHaveBeenSent, partial: head)
        }
    }
}
