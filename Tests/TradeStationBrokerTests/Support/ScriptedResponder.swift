import NIOCore
import NIOHTTP1
import TradeStationBroker

/// A responder whose answers a test writes.
struct ScriptedResponder: HTTPResponder {
    let answer: @Sendable (IncomingRequest, any ResponseWriter) async throws -> Void

    func respond(to request: IncomingRequest, with response: any ResponseWriter) async {
        try? await answer(request, response)
    }

    /// Answers each request with its method, path and body.
    static let echo = ScriptedResponder { request, response in
        let body = try await request.body.collect(limit: 1 << 20) ?? ByteBuffer()
        try await response.send(.ok, "\(request.head.method) \(request.head.uri) \(String(buffer: body))")
    }
}

extension ResponseWriter {
    func send(_ status: HTTPResponseStatus, _ text: String) async throws {
        try await send(HTTPResponseHead(version: .http1_1, status: status), body: ByteBuffer(string: text))
    }
}

extension HTTPListener {
    /// Runs a listener on a free port for the duration of `body`.
    static func withLoopback<Result: Sendable>(
        _ responder: any HTTPResponder,
        limits: HTTPLimits = HTTPLimits(),
        admit: @escaping @Sendable (ConnectedClient) -> Bool = { _ in true },
        _ body: (RawClient, HTTPListener) async throws -> Result
    ) async throws -> Result {
        let listener = try await HTTPListener.start(
            on: .loopback(port: 0),
            logger: .silent,
            limits: limits,
            admit: admit,
            responder: responder
        )
        do {
            let result = try await body(RawClient(port: listener.port ?? 0), listener)
            await listener.close()
            return result
        } catch {
            await listener.close()
            throw error
        }
    }
}
