/// What a login's side file holds: the answer to an exchange that may not have reached the database yet.
package struct StagedTokens: Equatable, Sendable {
    /// The generation whose refresh token was exchanged. It applies only while that generation is the stored one.
    package var parentGeneration: Int
    /// The attempt that brought it.
    package var attemptID: String
    /// The tokens, with a kept refresh or ID token already filled in.
    package var tokens: TokenSet
    /// Who the tokens speak for, as far as known.
    package var identity: Identity
    /// What was seen of rotation.
    package var rotation: APIKey.Rotation
    /// Whether a user signed in for them; otherwise an older refresh token was exchanged.
    package var isSignIn: Bool

    /// An answer on its way to the database.
    package init(
        parentGeneration: Int,
        attemptID: String,
        tokens: TokenSet,
        identity: Identity,
        rotation: APIKey.Rotation,
        isSignIn: Bool = false
    ) {
        self.parentGeneration = parentGeneration
        self.attemptID = attemptID
        self.tokens = tokens
        self.identity = identity
        self.rotation = rotation
        self.isSignIn = isSignIn
    }
}
