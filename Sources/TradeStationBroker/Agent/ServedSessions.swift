import NIOCore
import NIOHTTP1
import Synchronization
import TradeStationModel
import TradeStationSessions

/// The open sessions of the agent by the path of their tokens.
///
/// A name may mean another profile after any change of the store. So a session is found in memory only while the store's
/// last audit row is the one from before the session was opened.
final class ServedSessions: Sendable {
    private struct State {
        var change: Int64?
        var sessions: [String: ServedSession] = [:]
    }

    private let manager: SessionManager
    private let fields: HTTPHeaders
    private let state = Mutex(State())

    /// - Parameter fields: The header fields of token responses.
    init(_ manager: SessionManager, fields: HTTPHeaders) {
        self.manager = manager
        self.fields = fields
    }

    /// The session whose token is at a path, from memory; nil if the store has to be read.
    func session(at path: String) -> ServedSession? {
        guard let change = manager.lastChange else { return nil }
        return state.withLock { $0.change == change ? $0.sessions[path] : nil }
    }

    /// The session of a profile, from the store.
    ///
    /// - Throws: ``AccountsError`` as `SessionManager.session(named:)`.
    func session(named name: String) async throws -> ServedSession {
        if let known = session(at: Self.path(of: name)) { return known }
        let change = manager.lastChange
        let served = ServedSession(try await manager.session(named: name), fields: fields)
        state.withLock { state in
            if state.change != change { state = State(change: change) }
            state.sessions[Self.path(of: name)] = served
        }
        return served
    }

    /// Keeps the sessions although the last audit row is another one now, because the rows in between changed no
    /// profile.
    func keep(from old: Int64, to new: Int64) {
        state.withLock { if $0.change == old { $0.change = new } }
    }

    private static func path(of name: String) -> String { "/v1/profiles/\(name)/token" }
}

/// An open session, and the response with its token.
final class ServedSession: Sendable {
    private struct Answer {
        let token: AccessToken
        let seconds: Int64
        let response: PreparedResponse
    }

    let session: Session
    private let fields: HTTPHeaders
    private let answer = Mutex<Answer?>(nil)

    init(_ session: Session, fields: HTTPHeaders) {
        self.session = session
        self.fields = fields
    }

    /// The response with the token in memory; nil if a refresh is due or the token is not valid for long enough. It is
    /// made once per second, because it tells how many seconds are left.
    ///
    /// - Parameter minValidity: How long the token has to be valid, in seconds.
    func response(minValidity: Int64 = 0) -> PreparedResponse? {
        guard let (token, life) = session.currentToken(), life >= minValidity * 1000 else { return nil }
        let seconds = life / 1000
        return answer.withLock { answer in
            if let answer, answer.seconds == seconds, answer.token.generation == token.generation {
                return answer.response
            }
            let body = TokenText.json(session.profile.profile, token, seconds: seconds)
            let response = PreparedResponse.json(body, fields: fields)
            answer = response.map { Answer(token: token, seconds: seconds, response: $0) }
            return response
        }
    }
}

extension PreparedResponse {
    fileprivate static func json(_ text: String, fields: HTTPHeaders) -> PreparedResponse? {
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: fields)
        return try? PreparedResponse(head, body: ByteBuffer(string: text + "\n"))
    }
}
