import TradeStationModel
import TradeStationOAuth

/// A reply whose head has arrived, and whose body is read as fast as it is passed on.
struct StreamedReply: Sendable {
    let head: HTTPExchangeResponse
    /// The rest of the reply; nil if nothing was sent, and the body is that of `head`.
    let http: HTTPStream?
}

/// Waits only for the head of each reply. A reply that is dropped closes its connection.
struct StreamedReplies: CallExchange {
    let transport: HTTPTransport
    let clock: any TimeSource

    func send(_ call: AuthorizedCall, within milliseconds: Int64) async throws(TransportFailure) -> StreamedReply {
        let http = try transport.open(call.exchangeRequest(within: milliseconds))
        guard let event = await http.next(within: milliseconds, by: clock) else {
            // Looking up the name and connecting have shorter limits, so the request was probably sent.
            throw TransportFailure(stage: .unknown, reason: .timedOut)
        }
        return StreamedReply(head: try head(in: event), http: http)
    }

    func head(of reply: StreamedReply) -> HTTPExchangeResponse { reply.head }

    func reply(with response: HTTPExchangeResponse) -> StreamedReply { StreamedReply(head: response, http: nil) }

    private func head(in event: HTTPStream.Event) throws(TransportFailure) -> HTTPExchangeResponse {
        switch event {
        case .head(let head): return head
        case .failed(let failure): throw failure
        case .bytes, .end: throw TransportFailure(stage: .unknown, reason: .malformedResponse)
        }
    }
}
