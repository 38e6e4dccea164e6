/// A request in the emulator's log. Tokens appear only as fingerprints: the first 12 hexadecimal digits of their SHA-256.
public struct RequestLogEntry: Sendable, Equatable, Codable {
    /// The request's number, starting at 1 in the order of arrival.
    public let seq: Int
    /// The time of arrival on the emulator's clock: RFC 3339 with milliseconds.
    public let at: String
    /// The HTTP method.
    public let method: String
    /// The path of the request. The query is left out, because it may contain an authorization code.
    public let path: String
    /// The `grant_type` of a request to the token endpoint.
    public internal(set) var grantType: String?
    /// The client id of the request.
    public internal(set) var clientID: String?
    /// The fingerprint of the refresh token that the client presented, to exchange or to revoke it.
    public internal(set) var presented: String?
    /// The fingerprint of the access token that an API request presented.
    public internal(set) var access: String?
    /// The user of the access token that the request presented, if the token is valid.
    public internal(set) var username: String?
    /// The fingerprint of the refresh token that was issued.
    public internal(set) var issuedRefresh: String?
    /// The fingerprint of the access token that was issued.
    public internal(set) var issuedAccess: String?
    /// The id of the token family that the request affected. A family contains all refresh tokens of one sign-in.
    public internal(set) var familyID: String?
    /// The number of the issued refresh token in its family, starting at 1. If none was issued, it is the number of the
    /// refresh token that the client presented.
    public internal(set) var generation: Int?
    /// The HTTP status of the answer; nil if no answer was sent or the request is still in progress.
    public internal(set) var status: Int?
    /// The OAuth error of the answer, scripted or not.
    public internal(set) var error: String?
    /// The name of the injected fault, as in a script: `close`, `hang`, `delay`, `respond`, `truncate`, `go_away`, ….
    public internal(set) var fault: String?
    /// Whether the server's state changed: a user signed in, tokens were issued or revoked, or an order was accepted,
    /// replaced or cancelled.
    public internal(set) var committed = false

    enum CodingKeys: String, CodingKey {
        case seq, at, method, path, presented, access, username, generation, status, error, fault, committed
        case grantType = "grant_type"
        case clientID = "client_id"
        case issuedRefresh = "issued_refresh"
        case issuedAccess = "issued_access"
        case familyID = "family_id"
    }

    init(seq: Int, at: String, method: String, path: String) {
        self.seq = seq
        self.at = at
        self.method = method
        self.path = path
    }

    mutating func record(_ outcome: Outcome) {
        issuedRefresh = outcome.issuedRefreshToken.map(Fingerprint.of)
        issuedAccess = outcome.issuedAccessToken.map(Fingerprint.of)
        familyID = outcome.familyID
        generation = outcome.generation
        error = outcome.answer.oauthError
        committed = outcome.committed
    }
}
