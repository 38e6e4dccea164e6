import NIOCore
import NIOHTTP1
import TradeStationModel
import TradeStationSessions

/// Answers what programs send to the sign-in server. The real server gets none of it.
///
/// A program that refreshes its token gets a handle. The session decides whether a refresh is due, so that any number of
/// programs cause one exchange for each expiry.
struct SignInServer {
    /// How long a refresh is waited for, in milliseconds. Some programs give up after five seconds.
    private static let patience: Int64 = 3_500
    /// The largest body that is read, in bytes.
    private static let longestBody = 1 << 16
    /// How long a body may take to arrive, in milliseconds.
    private static let bodyMilliseconds: Int64 = 10_000

    private let profile: ProxiedProfile

    init(_ profile: ProxiedProfile) {
        self.profile = profile
    }

    /// Whether a path is one of the sign-in server's, for a listener that also answers for the API.
    static func hasPath(_ path: String) -> Bool {
        ["/oauth/", "/sim/oauth/"].contains { path.hasPrefix($0) } || ["/authorize", "/sim/authorize"].contains(path)
    }

    /// Answers a request.
    ///
    /// - Parameter path: the path without what selected the profile.
    func respond(to request: IncomingRequest, at path: String, with response: any ResponseWriter) async {
        do {
            let grant = try await grant(for: request, at: path)
            try await response.send(grant.head, body: grant.body)
        } catch let refusal as SignInRefusal {
            // A client that is gone needs no answer.
            try? await response.send(refusal.head, body: refusal.body)
        } catch {
            // The client is gone.
        }
    }

    /// - Throws: ``SignInRefusal``; when the client is gone.
    private func grant(for request: IncomingRequest, at path: String) async throws -> TokenGrantBody {
        switch path {
        case "/oauth/token", "/sim/oauth/token": break
        case "/oauth/revoke", "/sim/oauth/revoke", "/v2/logout", "/logout":
            throw SignInRefusal.noRevocation(profile.record.name)
        case "/authorize", "/sim/authorize", "/oauth/device/code": throw SignInRefusal.noSignIn(profile.record.name)
        default: throw SignInRefusal.notFound
        }
        guard request.head.method == .POST else { throw SignInRefusal.onlyPost }
        let form = try await form(of: request)
        guard let type = form["grant_type"] else { throw SignInRefusal.invalidRequest("grant_type is missing.") }
        guard type == "refresh_token" else { throw SignInRefusal.unsupported(type, profile.record.name) }
        // The value does not matter: the real refresh token is not the program's.
        guard form["refresh_token"] != nil else { throw SignInRefusal.invalidRequest("refresh_token is missing.") }
        let registered = profile.record.apiKey.registration.clientID
        let client = form["client_id"] ?? request.head.headers.basicClientID
        guard client == registered || profile.acceptsAnyClient else { throw SignInRefusal.otherClient }
        profile.noteUse(on: request.connection)
        do {
            let (token, life) = try await profile.session.accessToken(waitingFor: .milliseconds(Self.patience))
            return TokenGrantBody(profile, expiresAt: token.expiresAt, life: life, clientID: client ?? registered)
        } catch let error as AccountsError {
            throw SignInRefusal(error)
        }
    }

    private func form(of request: IncomingRequest) async throws -> TokenRequest {
        do {
            let body = try await request.body.collect(
                limit: Self.longestBody,
                within: Self.bodyMilliseconds,
                by: profile.clock
            )
            return try TokenRequest(body, type: request.head.headers.first(name: "content-type"))
        } catch let refusal as ProxyRefusal {
            throw SignInRefusal(refusal)
        }
    }
}
