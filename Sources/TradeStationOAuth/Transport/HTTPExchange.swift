import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends one request and reports its outcome.
struct HTTPExchange: Sendable {
    typealias Outcome = Result<HTTPExchangeResponse, TransportFailure>

    let connector: Connector
    let request: HTTPExchangeRequest

    private var configuration: TransportConfiguration { connector.configuration }

    /// Sends the request and reads the whole response. Decompresses it if the server compressed it.
    func run(over path: Connector.Path) async -> Outcome {
        await receive(over: path).decompressed(limit: configuration.maximumBodyBytes)
    }

    private func receive(over path: Connector.Path) async -> Outcome {
        // The client may send the request before it notices a cancellation.
        guard !Task.isCancelled else { return .failure(TransportFailure(stage: .notSent, reason: .cancelled)) }
        let body = OutgoingBody(request.body)
        var received: HTTPExchangeResponse?
        do {
            // The caller enforces the deadline by cancelling the task.
            let (reply, client) = try await reply(to: body, over: path)
            defer { withExtendedLifetime(client) {} }
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
            let mayHaveBeenSent = body.mayHaveBeenSent
            return .failure(
                await failure(for: error, on: path, bodyMayHaveBeenSent: mayHaveBeenSent, partial: received)
            )
        }
    }

    /// Sends the request over the first route that connects, and waits for the head of the response.
    ///
    /// - Returns: The response, and the client to keep until its body is read.
    func reply(
        to body: OutgoingBody,
        over path: Connector.Path
    ) async throws -> (HTTPClientResponse, RoutedClient) {
        var routes = path.routes[...]
        while let route = routes.popFirst() {
            guard let client = connector.client(for: route, on: path) else { break }
            do {
                let reply = try await client.http.execute(outgoing(body), deadline: .distantFuture)
                connector.noteSuccess(of: route, on: path)
                return (reply, client)
            } catch {
                let reason = TransportFailure.Reason(connecting: error)
                guard reason == .notConnected, !body.mayHaveBeenSent else { throw error }
                if routes.isEmpty {
                    connector.noteFailure(of: path)
                    throw error
                }
            }
        }
        throw HTTPClientError.alreadyShutdown
    }

    private func outgoing(_ body: OutgoingBody) -> HTTPClientRequest {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
        // A forwarded request has the name of its own program.
        if let userAgent = configuration.userAgent, !outgoing.headers.contains(name: "User-Agent") {
            outgoing.headers.add(name: "User-Agent", value: userAgent)
        }
        outgoing.headers.replaceOrAdd(name: "Accept-Encoding", value: "identity")
        if !request.body.isEmpty { outgoing.body = .stream(body, length: .known(Int64(request.body.count))) }
        return outgoing
    }

    /// Decides whether the server may have acted on a failed request, and why it failed.
    ///
    /// A request with a body was not sent if the client never read the body. A request without a body was not sent if
    /// the error can only occur while connecting; otherwise the outcome is unknown.
    func failure(
        for error: any Error,
        on path: Connector.Path,
        bodyMayHaveBeenSent: Bool,
        partial: HTTPExchangeResponse?
    ) async -> TransportFailure {
        let connecting = TransportFailure.Reason(connecting: error)
        guard partial == nil, request.body.isEmpty ? connecting != nil : !bodyMayHaveBeenSent else {
            let reason = TransportFailure.Reason(afterSending: error)
            return TransportFailure(stage: .unknown, reason: reason, partial: partial)
                .about(path.destination, path.proxy)
        }
        if error is CancellationError { return TransportFailure(stage: .notSent, reason: .cancelled) }
        var reason =
            connecting ?? TransportFailure.Reason(closing: error)
            ?? (path.destination.isSecure ? .notTrusted : .notConnected)
        // Nothing was sent, so the connection ended before the proxy had connected to the server.
        if path.proxy != nil, [.connectionLost, .malformedResponse].contains(reason) { reason = .refusedByProxy }
        // Behind a proxy, the address of the server is not known here, so its certificate cannot be examined.
        if reason == .unknownAuthority, path.proxy == nil {
            let address = path.routes.first.flatMap { $0.address } ?? path.destination.host
            let probe = CertificateProbe(destination: path.destination, address: address)
            if await probe.isOutOfDate() == true { reason = .certificateOutOfDate }
        }
        return TransportFailure(stage: .notSent, reason: reason).about(path.destination, path.proxy)
    }
}

extension HTTPExchange.Outcome {
    /// The same outcome, with a cancellation reported as a timeout.
    var afterTimeout: HTTPExchange.Outcome {
        guard case .failure(let failure) = self, failure.reason == .cancelled else { return self }
        return .failure(TransportFailure(stage: failure.stage, reason: .timedOut, partial: failure.partial))
    }
}
