/// The user who signed in, as named in the tokens.
public struct Identity: Hashable, Sendable {
    /// The stable id of the user: the `sub` claim.
    public var subject: String?
    /// The name to display: TradeStation's username claim, else nickname or e-mail address.
    public var username: String?

    /// Creates an identity; both parts may be unknown.
    public init(subject: String? = nil, username: String? = nil) {
        self.subject = subject
        self.username = username
    }
}
