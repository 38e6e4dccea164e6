/// The kind of event that an audit row reports. A program that reads rows must accept events that it does not know.
public enum AuditEvent: String, Hashable, Sendable, CaseIterable {
    /// A profile was added.
    case profileAdded = "profile_added"
    /// A profile or its API key was changed.
    case profileChanged = "profile_changed"
    /// A profile was removed.
    case profileRemoved = "profile_removed"
    /// A user signed in.
    case signedIn = "signed_in"
    /// A sign-in did not succeed.
    case signInFailed = "sign_in_failed"
    /// The tokens were erased from the store, without revoking them at the server.
    case signedOut = "signed_out"
    /// An attempt to refresh started. Its request is sent only after this row is committed.
    case refreshStarted = "refresh_started"
    /// An attempt returned new tokens.
    case refreshSucceeded = "refresh_succeeded"
    /// An attempt failed: the answer contained no tokens, or the request could not be sent.
    case refreshFailed = "refresh_failed"
    /// An attempt may have reached the server, and its result is unknown.
    case outcomeUnknown = "outcome_unknown"
    /// The server refused an attempt because its refresh token had been replaced: newer tokens had been saved
    /// meanwhile, and these are used.
    case refreshAdopted = "refresh_adopted"
    /// An answer arrived after newer tokens had been saved. The late answer is kept sealed (encrypted).
    case lateResult = "late_result"
    /// Tokens that a crashed process left in a side file (a file beside the database) were saved in the database.
    case recovered
    /// The database turned out to be an older copy: the change counters show newer tokens of the login.
    case rolledBack = "rolled_back"
    /// The sign-in of an API key with rotating refresh tokens ends within two hours.
    case signInEndsSoon = "sign_in_ends_soon"
    /// The user has to sign in again.
    case needsLogin = "needs_login"
    /// Tokens were revoked at the server.
    case revoked
    /// A fence (a limit on what a profile may do) stopped a request.
    case fenced
    /// A program used a profile through a local socket or proxy: once per connection and profile.
    case profileUsed = "profile_used"

    /// Whether the event may change the tokens or profiles that sessions of the login keep in memory. A refresh that
    /// starts or fails changes none of them: the current token stays valid.
    package var changesTokens: Bool {
        switch self {
        case .profileRemoved, .signedIn, .signedOut, .refreshSucceeded, .recovered, .rolledBack, .needsLogin, .revoked:
            true
        case .profileAdded, .profileChanged, .signInFailed, .refreshStarted, .refreshFailed, .outcomeUnknown,
            .refreshAdopted, .lateResult, .signInEndsSoon, .fenced, .profileUsed:
            false
        }
    }
}
