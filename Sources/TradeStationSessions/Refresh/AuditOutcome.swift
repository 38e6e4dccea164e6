/// Outcomes of audit rows that are no error codes.
enum AuditOutcome {
    /// An attempt whose process died before it could tell what came of it.
    static let processDied = "process_died"
    /// An answer that was no answer, but for the refresh token in it.
    static let refreshTokenSalvaged = "refresh_token_salvaged"
}
