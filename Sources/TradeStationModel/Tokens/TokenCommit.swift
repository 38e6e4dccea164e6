/// New tokens for a login, saved only if `parentGeneration` is still the stored one.
package struct TokenCommit: Sendable {
    /// The generation they follow.
    package var parentGeneration: Int
    /// The tokens, with a kept refresh or ID token already filled in.
    package var tokens: TokenSet
    /// Who they speak for; nil keeps what is stored.
    package var identity: Identity?
    /// What was seen of rotation; `unknown` keeps what is stored.
    package var rotation: APIKey.Rotation
    /// Whether a user signed in for them, which starts the sign-in's life anew.
    package var isSignIn: Bool
    /// The end of the sign-in that the audit warns of with this commit, if it does.
    package var warnsOf: Timestamp?
    /// Whether the login is set aside with them: they are kept, but handed to nobody.
    package var isHeld: Bool

    /// Tokens to save.
    package init(
        parentGeneration: Int,
        tokens: TokenSet,
        identity: Identity?,
        rotation: APIKey.Rotation,
        isSignIn: Bool = false,
        warnsOf: Timestamp? = nil,
        isHeld: Bool = false
    ) {
        self.parentGeneration = parentGeneration
        self.tokens = tokens
        self.identity = identity
        self.rotation = rotation
        self.isSignIn = isSignIn
        self.warnsOf = warnsOf
        self.isHeld = isHeld
    }

    /// The outcome of a commit.
    package enum Outcome: Hashable, Sendable {
        /// The tokens were saved as this generation. The stamp was read right after the commit, before another process
        /// could write: a later change of the login makes it stale.
        case saved(generation: Int, stamp: ChangeStamp)
        /// A newer generation had been saved meanwhile; the tokens were kept sealed as a late result.
        case superseded(generation: Int)
    }
}
