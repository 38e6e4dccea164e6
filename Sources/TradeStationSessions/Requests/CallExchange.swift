import TradeStationOAuth

/// Sends a call once, and decides how much of the reply is read before it counts as a reply.
protocol CallExchange: Sendable {
    associatedtype Reply: Sendable

    /// Sends a call.
    ///
    /// - Parameter milliseconds: how long to wait for the reply.
    func send(_ call: AuthorizedCall, within milliseconds: Int64) async throws(TransportFailure) -> Reply

    /// The status and the header fields of a reply.
    func head(of reply: Reply) -> HTTPExchangeResponse

    /// The reply to a call that is answered without being sent.
    func reply(with response: HTTPExchangeResponse) -> Reply
}

/// Reads each reply as a whole, at most 64 MiB.
struct WholeReplies: CallExchange {
    let transport: HTTPTransport

    func send(
        _ call: AuthorizedCall,
        within milliseconds: Int64
    ) async throws(TransportFailure) -> HTTPExchangeResponse {
        do throws(TransportFailure) {
            return try await transport.execute(call.exchangeRequest(within: milliseconds))
        } catch {
            // The status of a refusal counts, even if its body is incomplete.
            guard let partial = error.partial, partial.status >= 400, error.reason != .cancelled else { throw error }
            return partial
        }
    }

    func head(of reply: HTTPExchangeResponse) -> HTTPExchangeResponse { reply }

    func reply(with response: HTTPExchangeResponse) -> HTTPExchangeResponse { response }
}
