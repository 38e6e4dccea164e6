/// The state of a profile. The view `profile_status` computes the same state in SQL.
public enum ProfileState: String, Hashable, Sendable {
    /// No user has signed in yet.
    case new
    /// The login has tokens, and its last refresh did not fail.
    case ready
    /// A refresh is running, or a process crashed during one.
    case refreshing
    /// The last refresh failed, or the sign-in may have ended because it was not used for long; the current token is
    /// served while it is valid.
    case degraded
    /// The user has to sign in again.
    case needsLogin = "needs_login"
    /// The sign-in server refuses the API key.
    case badClient = "bad_client"
    /// The login was stopped because a check failed, for example because the tokens belong to another user. Nothing is
    /// sent until a user signs in again.
    case held
}
