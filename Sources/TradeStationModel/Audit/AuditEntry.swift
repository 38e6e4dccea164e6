/// The caller's part of an audit row. The store adds the sequence number, time, host, process and hashes, and replaces
/// tokens by keyed fingerprints: no secret reaches the table.
package struct AuditEntry: Sendable {
    /// The event.
    package var event: AuditEvent
    /// The outcome of the event: one word that does not change between versions.
    package var outcome: String?
    /// The current name of the profile that the caller used.
    package var profileName: String?
    /// The login that the event concerns; nil if it is the new login that is added together with this entry.
    package var loginID: Login.ID?
    /// The id of the ``Attempt`` that the event belongs to.
    package var attemptID: String?
    /// The generation of the login (the number of token sets that it has had) before the event.
    package var generationBefore: Int?
    /// The generation of the login after the event.
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
    /// The HTTP status of the sign-in server's answer.
    package var httpStatus: Int?
    /// The `error` member of the sign-in server's answer (RFC 6749 section 5.2).
    package var oauthError: String?
    /// The number of earlier attempts in the same refresh, from 0.
    package var retryNumber: Int?
    /// The duration of the exchange, in milliseconds.
    package var durationMilliseconds: Int?
    /// The number of callers that waited for the result.
    package var waiters: Int?
    /// Further details. Never a secret.
    package var detail: [String: String]

    /// Creates an entry; the properties without a parameter are nil.
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
