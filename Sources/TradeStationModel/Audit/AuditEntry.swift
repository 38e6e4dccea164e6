/// The caller's part of an audit row. The store adds the sequence number, time, host, process and hashes, and replaces
/// tokens by keyed fingerprints: no secret reaches the table.
package struct AuditEntry: Sendable {
    /// The event.
    package var event: AuditEvent
    /// The outcome, in one stable word.
    package var outcome: String?
    /// The current name of the profile that the caller used.
    package var profileName: String?
    /// The login that the event concerns; nil means the login that the same write creates.
    package var loginID: Login.ID?
    /// The attempt that the event belongs to.
    package var attemptID: String?
    /// The generation before the event.
    package var generationBefore: Int?
    /// The generation after the event.
    package var generationAfter: Int?
    /// The refresh token before the event; recorded as a fingerprint.
    package var refreshTokenBefore: Secret?
    /// The refresh token after the event; recorded as a fingerprint.
    package var refreshTokenAfter: Secret?
    /// The access token after the event; recorded as a fingerprint.
    package var accessTokenAfter: Secret?
    /// When the new access token expires.
    package var expiresAt: Timestamp?
    /// The reason for the refresh, for example `expired`.
    package var trigger: String?
    /// The HTTP status of the answer.
    package var httpStatus: Int?
    /// The `error` member of the answer (RFC 6749 section 5.2).
    package var oauthError: String?
    /// 0 for the first attempt of a flight, then 1, 2.
    package var retryNumber: Int?
    /// The duration of the exchange, in milliseconds.
    package var durationMilliseconds: Int?
    /// The number of callers that waited for the result.
    package var waiters: Int?
    /// Further details. Never a secret.
    package var detail: [String: String]

    /// Creates an entry; the columns of all other properties stay null.
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
