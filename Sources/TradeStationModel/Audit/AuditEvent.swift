/// What an audit row reports. Readers treat an unknown event as data, not as an error.
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
    /// An attempt begins: nothing is sent before this row is committed.
    case refreshStarted = "refresh_started"
    /// An attempt brought new tokens.
    case refreshSucceeded = "refresh_succeeded"
    /// An attempt was answered, or could not be sent, without new tokens.
    case refreshFailed = "refresh_failed"
    /// An attempt may have reached the server, and nobody knows what came of it.
    case outcomeUnknown = "outcome_unknown"
    /// Our exchange was refused and a newer generation explained it.
    case refreshAdopted = "refresh_adopted"
    /// An answer came that no longer fits; it is kept sealed.
    case lateResult = "late_result"
    /// Tokens that a dead process left in the side file were saved.
    case recovered
    /// The sign-in of a rotating key ends within two hours.
    case signInEndsSoon = "sign_in_ends_soon"
    /// The user has to sign in again.
    case needsLogin = "needs_login"
    /// Tokens were revoked at the server.
    case revoked
    /// A fence stopped a request.
    case fenced

    /// Whether sessions on its login may have to hold something else after it. A refresh that begins or fails leaves the
    /// token there is.
    public var changesTokens: Bool {
        switch self {
        case .profileRemoved, .signedIn, .signedOut, .refreshSucceeded, .recovered, .needsLogin, .revoked: true
        case .profileAdded, .profileChanged, .signInFailed, .refreshStarted, .refreshFailed, .outcomeUnknown,
            .refreshAdopted, .lateResult, .signInEndsSoon, .fenced:
            false
        }
    }
}
