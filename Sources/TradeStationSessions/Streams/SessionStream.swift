/// A stream of typed objects that continues across token refreshes, broken connections and server restarts.
///
/// ```swift
/// for try await event in session.stream("/v3/marketdata/stream/quotes/MSFT", of: Quote.self) {
///     switch event {
///     case .element(let quote): print(quote)
///     case .endOfSnapshot: break
///     case .reopened: break  // compare your data with the objects that follow
///     }
/// }
/// ```
///
/// Nothing is sent before the first `next()`. Heartbeats are removed. The stream is opened again after `GoAway`, a
/// broken connection, 30 s without a byte while the program waits, and a refused token. Before each attempt there is a
/// pause: 0.5 s at first, then twice as long each time, up to 30 s; after a 429, as long as the answer asks. Each
/// attempt uses a current token. A token refresh does not interrupt an open stream. The profile's fences (limits on
/// what it may do) apply as for a GET and are read each time the stream is opened.
///
/// The connection is read only as fast as the program takes objects. It is closed at once when the waiting task is
/// cancelled, the loop ends, or ``SessionManager/close()`` is called. If the task is cancelled while it works on an
/// object, the connection is closed at once within ``Session/withStream(_:query:of:_:)``, and otherwise at the next
/// call of `next()`. Each iterator has a connection of its own.
///
/// An error ends the iteration:
///
/// - ``StreamError``: the server sent an error object, for example `DualLogon`, or `Unauthorized` when a new token did
///   not help.
/// - ``APIError``: the server refused to open the stream: with a status such as 403, with 401 twice in a row, or with a
///   status of 500 or more if the stream was never open.
/// - ``AccountsError``: `server_unreachable` if the stream was never open; `server_error` for data that is not a JSON
///   object or cannot be decoded as `Value`; `fenced`, `usage`, `closed`, and the errors of ``Session/accessToken()``.
/// - `CancellationError`.
public struct SessionStream<Value: Decodable & Sendable>: AsyncSequence, Sendable {
    let session: Session
    let call: APICall
    /// The scope that closes the connections when it ends, even if the iterators still exist; nil if there is none.
    var scope: StreamScope?

    /// Makes an iterator with a connection of its own.
    public func makeAsyncIterator() -> Iterator {
        Iterator(connection: StreamConnection(session: session, call: call, scope: scope))
    }

    /// Reads one stream. The connection is closed when the iterator is released.
    public struct Iterator: AsyncIteratorProtocol {
        private var connection: StreamConnection
        private var isOver = false

        init(connection: StreamConnection) {
            self.connection = connection
        }

        /// Waits for the next event; nil after an error was thrown.
        public mutating func next() async throws -> StreamEvent<Value>? {
            guard !isOver else { return nil }
            do {
                return try await connection.next(of: Value.self)
            } catch {
                isOver = true
                await connection.close()
                throw error
            }
        }
    }
}
