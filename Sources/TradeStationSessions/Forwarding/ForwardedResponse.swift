import TradeStationModel
import TradeStationOAuth

/// The answer of the API to a forwarded request, with any status.
package struct ForwardedResponse: Sendable {
    /// The HTTP status.
    package let status: Int
    /// The header fields, in order, as the API sent them.
    package let fields: [(name: String, value: String)]
    /// The body, as it arrives.
    package let body: Body

    /// The body of an answer, in pieces whose boundaries have no meaning.
    ///
    /// It is read once, and no faster than it is asked for. The connection to the API closes when the task that reads is
    /// cancelled, and when the last reference to the answer is released.
    package struct Body: AsyncSequence, Sendable {
        /// The part that arrived with the head.
        let beginning: [UInt8]
        /// The rest; nil if there is none.
        let http: HTTPStream?
        let request: AuthorizedCall

        package func makeAsyncIterator() -> Iterator { Iterator(beginning: beginning, http: http, request: request) }

        package struct Iterator: AsyncIteratorProtocol {
            var beginning: [UInt8]
            let http: HTTPStream?
            let request: AuthorizedCall

            /// The next piece; nil when the body is complete.
            ///
            /// - Throws: ``AccountsError`` when the connection to the API breaks; `CancellationError`.
            package mutating func next() async throws -> [UInt8]? {
                if !beginning.isEmpty {
                    defer { beginning = [] }
                    return beginning
                }
                guard let http else { return nil }
                let event = await withTaskCancellationHandler {
                    await http.next()
                } onCancel: {
                    http.cancel()
                }
                try Task.checkCancellation()
                switch event {
                case .bytes(let bytes): return bytes
                case .head, .end: return nil
                case .failed(let failure): throw request.error(for: failure)
                }
            }
        }
    }
}
