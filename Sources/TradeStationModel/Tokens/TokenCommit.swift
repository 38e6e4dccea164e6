/// New tokens to save for a login. They are saved only if `parentGeneration` is still the stored generation, or if an
/// older copy of the login was restored meanwhile.
package struct TokenCommit: Sendable {
    /// The generation (the number of a token set) whose refresh token was exchanged for these tokens.
    package var parentGeneration: Int
    /// The tokens. If the answer contained no refresh token or no ID token, the previous one is included.
    package var tokens: TokenSet
    /// The user whom the tokens belong to; nil keeps the stored identity.
    package var identity: Identity?
    /// Whether the exchange replaced the refresh token; `unknown` keeps the stored value.
    package var rotation: APIKey.Rotation
    /// Whether the tokens come from a sign-in. If so, the lifetime of the sign-in starts with them.
    package var isSignIn: Bool
    /// When the sign-in ends, if an audit entry of this commit warns of its end; otherwise nil.
    package var warnsOf: Timestamp?
    /// Whether the login becomes ``Login/State/held``: the tokens are kept, but no caller gets them.
    package var isHeld: Bool

    /// Creates a commit.
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
        /// A newer generation had been saved meanwhile; the tokens were kept as a ``LateResult``.
        case superseded(generation: Int)
    }
}
