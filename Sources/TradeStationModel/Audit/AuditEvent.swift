/// The kind of event that an audit row reports. Readers treat an unknown event as data, not as an error.
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
    /// The tokens were erased here.
    case signedOut = "signed_out"
    /// An attempt started. Nothing is sent before this row is committed.
    case refreshStarted = "refresh_started"
    /// An attempt returned new tokens.
    case refreshSucceeded = "refresh_succeeded"
    /// An attempt failed: the answer contained no tokens, or the request could not be sent.
    case refreshFailed = "refresh_failed"
    /// An attempt may have reached the server, and its result is unknown.
    case outcomeUnknown = "outcome_unknown"
    /// An attempt was refused because a newer generation had been saved meanwhile; the newer tokens are used.
    case refreshAdopted = "refresh_adopted"
    /// An answer arrived after a newer generation was saved. It is kept sealed.
    case lateResult = "late_result"
    /// Tokens that a crashed process left in the side file were saved.
    case recovered
    /// The database was found to be an older copy: a newer state of the login was known.
    case rolledBack = "rolled_back"
    /// The sign-in of a rotating key ends within two hours.
    case signInEndsSoon = "sign_in_ends_soon"
    /// The user has to sign in again.
    case needsLogin = "needs_login"
    /// Tokens were revoked at the server.
    case revoked
    /// A fence stopped a request.
    case fenced

    /// Whether the event may change the tokens or profiles that sessions on its login hold. A refresh that starts or
    /// fails leaves the current token valid.
    package var changesTokens: Bool {
        switch self {
        case .profileRemoved, .signedIn, .signedOut, .refreshSucceeded, .recovered, .rolledBack, .needsLogin, .revoked:
            true
        case .profileAdded, .profileChanged, .signInFailed, .refreshStarted, .refreshFailed, .outcomeUnknown,
            .refreshAdopted, .lateResult, .signInEndsSoon, .fenced:
            false
        }
    }
}
