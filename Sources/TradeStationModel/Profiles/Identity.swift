/// Who signed in, as the tokens say it.
public struct Identity: Hashable, Sendable {
    /// The stable identity: the `sub` claim.
    public var subject: String?
    /// The label for people: TradeStation's username claim, else nickname or e-mail.
    public var username: String?

    /// An identity; both parts may be unknown.
    public init(subject: String? = nil, username: String? = nil) {
        self.subject = subject
        self.username = username
    }
}
