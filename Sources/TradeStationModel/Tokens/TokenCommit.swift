/// New tokens for a login, saved only if `parentGeneration` is still the stored one.
public struct TokenCommit: Sendable {
    /// The generation they follow.
    public var parentGeneration: Int
    /// The tokens, with a kept refresh or ID token already filled in.
    public var tokens: TokenSet
    /// Who they speak for; nil keeps what is stored.
    public var identity: Identity?
    /// What was seen of rotation; `unknown` keeps what is stored.
    public var rotation: APIKey.Rotation
    /// Whether a user signed in for them, which starts the sign-in's life anew.
    public var isSignIn: Bool
    /// The end of the sign-in that the audit warns of with this commit, if it does.
    public var warnsOf: Timestamp?
    /// The scopes asked for; nil keeps what is stored.
    public var scopes: String?
    /// Whether the login is set aside with them: they are kept, but handed to nobody.
    public var isHeld: Bool

    /// Tokens to save.
    public init(
        parentGeneration: Int,
        tokens: TokenSet,
        identity: Identity?,
        rotation: APIKey.Rotation,
        isSignIn: Bool = false,
        warnsOf: Timestamp? = nil,
        scopes: String? = nil,
        isHeld: Bool = false
    ) {
        self.parentGeneration = parentGeneration
        self.tokens = tokens
        self.identity = identity
        self.rotation = rotation
        self.isSignIn = isSignIn
        self.warnsOf = warnsOf
        self.scopes = scopes
        self.isHeld = isHeld
    }

    /// What became of a commit.
    public enum Outcome: Hashable, Sendable {
        /// Saved, as this generation.
        case saved(generation: Int)
        /// Somebody else has saved meanwhile; the tokens were kept sealed as a late result.
        case superseded(generation: Int)
    }
}
