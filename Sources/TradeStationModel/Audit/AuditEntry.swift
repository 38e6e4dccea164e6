/// What the caller says of an event. The store adds sequence, time, host, process and hashes, and turns tokens into
/// keyed fingerprints: no secret reaches the table.
public struct AuditEntry: Sendable {
    /// What happened.
    public var event: AuditEvent
    /// How it went, in one stable word.
    public var outcome: String?
    /// The profile that asked, by the name it has now.
    public var profileName: String?
    /// The login it is about; nil stands for the login that the same write creates.
    public var loginID: Login.ID?
    /// The attempt it belongs to.
    public var attemptID: String?
    /// The generation before.
    public var generationBefore: Int?
    /// The generation after.
    public var generationAfter: Int?
    /// The refresh token before; recorded as a fingerprint.
    public var refreshTokenBefore: Secret?
    /// The refresh token after; recorded as a fingerprint.
    public var refreshTokenAfter: Secret?
    /// The access token after; recorded as a fingerprint.
    public var accessTokenAfter: Secret?
    /// When the new access token ends.
    public var expiresAt: Timestamp?
    /// Why it was done, for example `expired`.
    public var trigger: String?
    /// The HTTP status of the answer.
    public var httpStatus: Int?
    /// The `error` member of the answer (RFC 6749 section 5.2).
    public var oauthError: String?
    /// 0 for the first attempt of a flight, then 1, 2.
    public var retryNumber: Int?
    /// How long the exchange took, in milliseconds.
    public var durationMilliseconds: Int?
    /// How many callers waited for it.
    public var waiters: Int?
    /// Anything else worth knowing. Never a secret.
    public var detail: [String: String]

    /// An event; whatever is not said stays null.
    public init(
        _ event: AuditEvent,
        profileName: String? = nil,
        loginID: Login.ID? = nil,
        detail: [String: String] = [:]
    ) {
        self.event = event
        self.profileName = profileName
        self.loginID = loginID
        self.detail = detail
    }
}
