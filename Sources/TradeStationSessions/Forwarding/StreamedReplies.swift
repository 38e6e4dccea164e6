import TradeStationModel
import TradeStationOAuth

/// A reply whose head has arrived, and whose body is read as fast as it is passed on.
struct StreamedReply: Sendable {
    let head: HTTPExchangeResponse
    let http: HTTPStream
}

/// Waits only for the head of each reply. A reply that is dropped closes its connection.
struct StreamedReplies: CallExchange {
    let transport: HTTPTransport
    let clock: any TimeSource

    func send(_ call: AuthorizedCall, within milliseconds: Int64) async throws(TransportFailure) -> StreamedReply {
        let http = try transport.open(call.exchangeRequest(within: milliseconds))
        if let event = await http.next(within: milliseconds, by: clock) {
            return StreamedReply(head: try head(in: event), http: http)
        }
        // Ending the request tells whether it was sent.
        http.cancel()
        guard case .failed(let failure) = await http.next() else {
            throw TransportFailure(stage: .unknown, reason: .timedOut)
        }
        throw TransportFailure(stage: failure.stage, reason: .timedOut)
    }

    func head(of reply: StreamedReply) -> HTTPExchangeResponse { reply.head }

    private func head(in event: HTTPStream.Event) throws(TransportFailure) -> HTTPExchangeResponse {
        switch event {
        case .head(let head): return head
        case .failed(let failure): throw failure
        case .bytes, .end: throw TransportFailure(stage: .unknown, reason: .malformedResponse)
        }
    }
}
