import NIOCore
import NIOHTTP1
import TradeStationModel
import TradeStationSessions

/// Forwards one request of a program to the API, and passes on the answer as it arrives.
struct APIForwarding {
    let profile: ProxiedProfile
    /// Which environment the program asks for, and the host by which it does; nil for the profile's own.
    let asked: (environment: Environment, host: String)?

    /// How long a request body may take to arrive, in milliseconds.
    private static let bodyMilliseconds: Int64 = 60_000

    private var fields: EndToEndFields { EndToEndFields(isLocal: asked == nil) }

    func respond(to request: IncomingRequest, for target: ProxyTarget, with response: any ResponseWriter) async {
        do {
            let answer = try await answer(to: request, for: target)
            let status = HTTPResponseStatus(statusCode: answer.status)
            try await response.start(
                HTTPResponseHead(version: .http1_1, status: status, headers: fields.response(answer.fields))
            )
            // An answer that breaks off is not ended, so that the program notices.
            for try await piece in answer.body { try await response.write(ByteBuffer(bytes: piece)) }
            try await response.end(nil)
        } catch let refusal as ProxyRefusal {
            await response.refuse(refusal)
        } catch {
            // The client is gone, or sees that the answer is incomplete.
        }
    }

    /// The answer of the API.
    ///
    /// - Throws: ``ProxyRefusal``; when the client is gone.
    private func answer(to request: IncomingRequest, for target: ProxyTarget) async throws -> ForwardedResponse {
        guard ForwardableMethods.contains(request.head.method) else { throw ProxyRefusal.badMethod }
        guard target.isAPI else { throw ProxyRefusal.notFound("The API has no such path. Try: /v3/brokerage/accounts") }
        let limit = ForwardedRequest.longestBody
        if let announced = request.head.headers.first(name: "content-length"),
            Int(announced).map({ $0 > limit }) ?? true
        {
            throw ProxyRefusal.tooLong(limit)
        }
        let forwarded = ForwardedRequest(
            method: request.head.method.rawValue,
            target: target.path + target.query,
            fields: fields.request(request.head.headers),
            body: try await request.body.collect(limit: limit, within: Self.bodyMilliseconds, by: profile.clock)
        )
        do {
            let session = try await session(for: forwarded)
            profile.noteUse(on: request.connection)
            return try await session.forward(forwarded)
        } catch let failure as ForwardingFailure {
            throw ProxyRefusal(failure)
        } catch let error as AccountsError {
            throw ProxyRefusal(error)
        }
    }

    /// The session for the environment that the program asks for.
    ///
    /// - Throws: ``AccountsError`` `fenced` when a program of a simulator profile asks for real money.
    private func session(for request: ForwardedRequest) async throws -> Session {
        let session = profile.session
        guard let asked, asked.environment != session.profile.profile.environment else { return session }
        guard asked.environment == .sim else { throw await session.refusal(of: request, to: asked.host) }
        return try await profile.manager.session(named: session.profile.name.text, environment: .sim)
    }
}
