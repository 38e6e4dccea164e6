import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends one request and reports its outcome.
struct HTTPExchange: Sendable {
    typealias Outcome = Result<HTTPExchangeResponse, TransportFailure>

    let client: HTTPClient
    let configuration: TransportConfiguration
    let request: HTTPExchangeRequest

    func run() async -> Outcome {
        await receive().decompressed(limit: configuration.maximumBodyBytes)
    }

    private func receive() async -> Outcome {
        // The client may send the request before it notices a cancellation.
        guard !Task.isCancelled else { return .failure(TransportFailure(stage: .notSent, reason: .cancelled)) }
        let body = OutgoingBody(request.body)
        var received: HTTPExchangeResponse?
        do {
            // The caller enforces the deadline by cancelling the task.
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
            // The body of a cancelled request may end as if it were complete.
            try Task.checkCancellation()
            if let received { return .success(received) }
            return .failure(TransportFailure(stage: .unknown, reason: .connectionLost))
        } catch {
            return .failure(failure(for: error, bodyMayHaveBeenSent: body.mayHaveBeenSent, partial: received))
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

    /// Decides whether the server may have acted on a failed request.
    ///
    /// A request with a body was not sent if the client never read the body. A request without a body was not sent if
    /// the error can only occur while connecting; otherwise the outcome is unknown.
    func failure(
        for error: any Error,
        bodyMayHaveBeenSent: Bool,
        partial: HTTPExchangeResponse?
    ) -> TransportFailure {
        let connecting = TransportFailure.Reason(connecting: error)
        guard partial == nil, request.body.isEmpty ? connecting != nil : !bodyMayHaveBeenSent else {
            let reason = TransportFailure.Reason(afterSending: error)
            return TransportFailure(stage: .unknown, reason: reason, partial: partial)
        }
        if error is CancellationError { return TransportFailure(stage: .notSent, reason: .cancelled) }
        let isSecure = request.url.lowercased().hasPrefix("https:")
        let reason = connecting ?? TransportFailure.Reason(closing: error) ?? (isSecure ? .notTrusted : .notConnected)
        return TransportFailure(stage: .notSent, reason: reason)
    }
}

extension HTTPExchange.Outcome {
    /// The same outcome, with a cancellation reported as a timeout.
    var afterTimeout: HTTPExchange.Outcome {
        guard case .failure(let failure) = self, failure.reason == .cancelled else { return self }
        return .failure(TransportFailure(stage: failure.stage, reason: .timedOut, partial: failure.partial))
    }
}
