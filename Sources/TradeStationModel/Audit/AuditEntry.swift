/// What the caller says of an event. The store adds sequence, time, host, process and hashes, and turns tokens into
/// keyed fingerprints: no secret reaches the table.
package struct AuditEntry: Sendable {
    /// What happened.
    package var event: AuditEvent
    /// How it went, in one stable word.
    package var outcome: String?
    /// The profile that asked, by the name it has now.
    package var profileName: String?
    /// The login it is about; nil stands for the login that the same write creates.
    package var loginID: Login.ID?
    /// The attempt it belongs to.
    package var attemptID: String?
    /// The generation before.
    package var generationBefore: Int?
    /// The generation after.
    package var generationAfter: Int?
    /// The refresh token before; recorded as a fingerprint.
    package var refreshTokenBefore: Secret?
    /// The refresh token after; recorded as a fingerprint.
    package var refreshTokenAfter: Secret?
    /// The access token after; recorded as a fingerprint.
    package var accessTokenAfter: Secret?
    /// When the new access token ends.
    package var expiresAt: Timestamp?
    /// Why it was done, for example `expired`.
    package var trigger: String?
    /// The HTTP status of the answer.
    package var httpStatus: Int?
    /// The `error` member of the answer (RFC 6749 section 5.2).
    package var oauthError: String?
    /// 0 for the first attempt of a flight, then 1, 2.
    package var retryNumber: Int?
    /// How long the exchange took, in milliseconds.
    package var durationMilliseconds: Int?
    /// How many callers waited for it.
    package var waiters: Int?
    /// Anything else worth knowing. Never a secret.
    package var detail: [String: String]

    /// An event; whatever is not said stays null.
    package init(
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
