import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// One request on its way: runs it and says what became of it.
struct HTTPExchange: Sendable {
    typealias Outcome = Result<HTTPExchangeResponse, TransportFailure>

    let client: HTTPClient
    let configuration: TransportConfiguration
    let request: HTTPExchangeRequest

    func run() async -> Outcome {
        // The client may have sent it before it hears that it should not.
        guard !Task.isCancelled else { return .failure(TransportFailure(stage: .notSent, reason: .cancelled)) }
        let body = OutgoingBody(request.body)
        var received: HTTPExchangeResponse?
        do {
            // The deadline is the caller's, by cancellation; this one only has to lie behind it.
            let reply = try await client.execute(outgoing(body), deadline: .distantFuture)
            received = HTTPExchangeResponse(
                status: Int(reply.status.code),
                headers: reply.headers.map { ($0.name, $0.value) }
            )
            var room = configuration.maximumBodyBytes
            for try await chunk in reply.body {
                received?.body.append(contentsOf: chunk.readableBytesView.prefix(room))
                room -= chunk.readableBytes
                guard room >= 0 else {
                    return .failure(TransportFailure(stage: .unknown, reason: .tooLarge, partial: received))
                }
            }
            // A cancelled stream may end as if it were complete.
            try Task.checkCancellation()
            if let received { return .success(received) }
            return .failure(TransportFailure(stage: .unknown, reason: .connectionLost))
        } catch {
            return .failure(failure(for: error, bodyWasTaken: body.wasTaken, partial: received))
        }
    }

    func outgoing(_ body: OutgoingBody) -> HTTPClientRequest {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
        if let userAgent = configuration.userAgent {
            outgoing.headers.replaceOrAdd(name: "User-Agent", value: userAgent)
        }
        outgoing.headers.replaceOrAdd(name: "Accept-Encoding", value: "identity")
        if !request.body.isEmpty { outgoing.body = .stream(body, length: .known(Int64(request.body.count))) }
        return outgoing
    }

    /// With a body, the body itself is the witness. Without one only errors that can come from nothing but
    /// connecting count as not sent; in doubt the outcome is unknown.
    func failure(
        for error: any Error,
        bodyWasTaken: Bool,
        partial: HTTPExchangeResponse?
    ) -> TransportFailure {
        let connecting = TransportFailure.Reason(connecting: error)
        guard partial == nil, request.body.isEmpty ? connecting != nil : !bodyWasTaken else {
            let reason = TransportFailure.Reason(afterSending: error)
            return TransportFailure(stage: .unknown, reason: reason, partial: partial)
        }
        if error is CancellationError { return TransportFailure(stage: .notSent, reason: .cancelled) }
        let isSecure = request.url.lowercased().hasPrefix("https:")
        let reason = connecting ?? TransportFailure.Reason(leaving: error) ?? (isSecure ? .notTrusted : .notConnected)
        return TransportFailure(stage: .notSent, reason: reason)
    }
}

extension HTTPExchange.Outcome {
    /// The same outcome, where a cancellation was the time limit's doing.
    var afterTimeout: HTTPExchange.Outcome {
        guard case .failure(let failure) = self, failure.reason == .cancelled else { return self }
        return .failure(TransportFailure(stage: failure.stage, reason: .timedOut, partial: failure.partial))
    }
}
