/// The state of a profile as people speak of it; the view `profile_status` says the same in SQL.
public enum ProfileState: String, Hashable, Sendable {
    /// Nobody has signed in yet.
    case new
    /// Tokens are there and nothing is wrong.
    case ready
    /// An exchange is under way, or a dead process left one.
    case refreshing
    /// Refreshing fails at the moment; what is still valid is served.
    case degraded
    /// The user has to sign in again.
    case needsLogin = "needs_login"
    /// The sign-in server refuses the API key.
    case badClient = "bad_client"
    /// Set aside until a person has looked.
    case held
}
