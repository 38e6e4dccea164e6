import Foundation
package import TradeStationSessions

/// An audit row with its columns parsed.
package struct AuditRow: Hashable, Sendable {
    package let sequence: Int64
    package let at: Timestamp
    /// The event as it is written; it can be one that this version does not know.
    package let eventName: String
    package let profile: String?
    package let login: Login.ID?
    package let attempt: String?
    package let generationBefore: Int64?
    package let generationAfter: Int64?
    package let refreshTokenBefore: String?
    package let refreshTokenAfter: String?
    package let accessTokenAfter: String?
    package let expiresAt: Timestamp?
    package let outcome: String?
    package let oauthError: String?
    package let httpStatus: Int64?
    package let milliseconds: Int64?
    package let waiters: Int64?
    package let requester: String?
    package let processID: Int64?
    package let host: String?
    package let detail: [String: String]

    package init(_ record: AuditRecord) {
        sequence = record.sequence
        at = record.text("at").flatMap { Timestamp($0) } ?? Timestamp(milliseconds: 0)
        eventName = record.text("event") ?? ""
        profile = record.text("profile_name")
        login = record.integer("login_id").map(Login.ID.init)
        attempt = record.text("attempt_id")
        generationBefore = record.integer("generation_before")
        generationAfter = record.integer("generation_after")
        refreshTokenBefore = record.text("refresh_fp_before")
        refreshTokenAfter = record.text("refresh_fp_after")
        accessTokenAfter = record.text("access_fp_after")
        expiresAt = record.text("expires_at").flatMap { Timestamp($0) }
        outcome = record.text("outcome")
        oauthError = record.text("oauth_error")
        httpStatus = record.integer("http_status")
        milliseconds = record.integer("duration_ms")
        waiters = record.integer("waiters")
        requester = record.text("requester")
        processID = record.integer("pid")
        host = record.text("host")
        let text = record.text("detail").map { Data($0.utf8) }
        detail = text.flatMap { try? JSONDecoder().decode([String: String].self, from: $0) } ?? [:]
    }

    /// The event; nil if this version does not know it.
    package var event: AuditEvent? { AuditEvent(rawValue: eventName) }

    /// The event in words, for example `refresh succeeded`.
    package var eventText: String { eventName.replacing("_", with: " ").printable(limit: 60) }

    /// The fingerprints of the tokens that the row is about.
    package var fingerprints: [String] { [refreshTokenBefore, refreshTokenAfter, accessTokenAfter].compactMap { $0 } }

    /// What the outcome was, for example `invalid_grant (HTTP 400)`.
    package var reason: String? {
        let word = oauthError ?? outcome
        let status = httpStatus.map { "HTTP \($0)" }
        guard let word else { return status }
        return word.printable(limit: 80) + (status.map { " (\($0))" } ?? "")
    }
}
