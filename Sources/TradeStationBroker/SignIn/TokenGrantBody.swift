import NIOCore
import NIOHTTP1
import TradeStationModel

/// The answer to a program that refreshes its token (RFC 6749 section 5.1). It contains no token of TradeStation.
struct TokenGrantBody {
    private struct Members: Encodable {
        let access_token: String
        let id_token: String
        let expires_in: Int64
        let token_type = "Bearer"
        let scope: String
    }

    private let members: Members

    /// - Parameters:
    ///   - expiresAt: when the real token expires.
    ///   - life: how long the real token is still valid.
    ///   - clientID: the client id of the program.
    init(_ profile: ProxiedProfile, expiresAt: Timestamp, life: Duration, clientID: String) {
        let record = profile.record
        let seconds = max(0, life.components.seconds)
        let issuedAt = expiresAt.advanced(byMilliseconds: -seconds * 1000)
        members = Members(
            access_token: profile.handles.handle(for: record.name, from: issuedAt, until: expiresAt).exposed,
            id_token: profile.handles.idToken(of: record, for: clientID, from: issuedAt, until: expiresAt).exposed,
            expires_in: seconds,
            scope: record.login.scopes
        )
    }

    var head: HTTPResponseHead {
        let fields: HTTPHeaders = [
            "Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache",
        ]
        return HTTPResponseHead(version: .http1_1, status: .ok, headers: fields)
    }

    var body: ByteBuffer { ByteBuffer(bytes: JSONBody(members).bytes) }
}
