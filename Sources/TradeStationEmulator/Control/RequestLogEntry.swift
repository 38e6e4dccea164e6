/// One request as the emulator saw it. Tokens appear as fingerprints only: the first 12 hexadecimal digits of their
/// SHA-256.
public struct RequestLogEntry: Sendable, Equatable, Codable {
    /// Counts requests from 1, in the order in which they arrived.
    public let seq: Int
    /// When it arrived, by the emulator's clock: RFC 3339 with milliseconds.
    public let at: String
    /// The HTTP method.
    public let method: String
    /// The path, without the query (which may hold a code).
    public let path: String
    /// `grant_type` of a request to the token endpoint.
    public internal(set) var grantType: String?
    /// The client that asked.
    public internal(set) var clientID: String?
    /// The refresh token that was presented, to be exchanged or revoked.
    public internal(set) var presented: String?
    /// The access token that an API request presented.
    public internal(set) var access: String?
    /// The user whose living access token that is.
    public internal(set) var username: String?
    /// The refresh token that was issued.
    public internal(set) var issuedRefresh: String?
    /// The access token that was issued.
    public internal(set) var issuedAccess: String?
    /// The family of refresh tokens it was about.
    public internal(set) var familyID: String?
    /// Which refresh token of the family was issued or, when none was, presented; counting from 1.
    public internal(set) var generation: Int?
    /// The status that was answered; nil while there is none, or none was sent.
    public internal(set) var status: Int?
    /// The OAuth error that was decided on or scripted.
    public internal(set) var error: String?
    /// The fault that struck, as in a script: `close`, `hang`, `delay`, `respond`, `truncate`, `go_away`, ….
    public internal(set) var fault: String?
    /// Whether the server's state changed: somebody signed in, tokens were issued or revoked, an order was accepted,
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
