/// A stream of typed objects that outlives tokens, connections and servers.
///
/// ```swift
/// for try await event in session.stream("/v3/marketdata/stream/quotes/MSFT", of: Quote.self) {
///     switch event {
///     case .element(let quote): print(quote)
///     case .endOfSnapshot: break
///     case .reopened: break  // compare what is held with what comes now
///     }
/// }
/// ```
///
/// Nothing is sent before the first `next()`. Heartbeats are taken out. `GoAway`, a broken connection, 30 s without a byte
/// while the program waits, and a refused token are followed by one stream in the old one's place, with a current token,
/// after a pause from 0.5 s doubling to 30 s; a 429 is waited out as its headers ask. A token refresh leaves an open
/// stream alone. The profile's fences hold as for a GET, and are read again each time it is opened.
///
/// It is read as fast as the program takes it and no faster. Cancelling the task that waits, leaving the loop, and
/// ``SessionManager/close()`` close the connection at once; so does cancelling a task that is busy with an object, in
/// ``Session/withStream(_:query:of:_:)``, else with its next call. Each iteration is a stream of its own.
///
/// Iterating throws, and is over then: ``StreamError`` for an error object, `DualLogon` among them, and `Unauthorized` when
/// a new token did not help; ``APIError`` when opening it was refused: 403 and the like, two 401 in a row, and, unless it
/// was open before, a 500 or more;
/// ``AccountsError``: `server_unreachable` unless it was open before, `server_error` for what is no JSON object or no such
/// element, `fenced`, `usage`, `closed`, and those of ``Session/accessToken()``; `CancellationError`.
public struct SessionStream<Value: Decodable & Sendable>: AsyncSequence, Sendable {
    let session: Session
    let call: APICall
    /// What ends its connections beside what their reader does.
    var scope: StreamScope?

    /// Begins a stream of its own.
    public func makeAsyncIterator() -> Iterator {
        Iterator(line: StreamLine(session: session, call: call, scope: scope))
    }

    /// Reads one stream. With it the connection ends.
    public struct Iterator: AsyncIteratorProtocol {
        var line: StreamLine
        private var isOver = false

        init(line: StreamLine) {
            self.line = line
        }

        /// What comes next; nil once it has thrown.
        public mutating func next() async throws -> StreamEvent<Value>? {
            guard !isOver else { return nil }
            do {
                return try await advance()
            } catch {
                isOver = true
                await line.hangUp()
                throw error
            }
        }

        private mutating func advance() async throws -> StreamEvent<Value> {
            while true {
                switch try await line.next() {
                case .reopened(let interruption): return .reopened(interruption)
                case .object(let bytes):
                    switch try line.decoded(bytes, as: Value.self) {
                    case .element(let element): return .element(element)
                    case .endOfSnapshot: return .endOfSnapshot
                    case .idle: continue
                    case .goAway: try await line.interrupted(by: .goAway)
                    case .error(let part): try await line.failed(part)
                    }
                }
            }
        }
    }
}
