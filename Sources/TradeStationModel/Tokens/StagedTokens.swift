/// The content of a login's side file: the answer to an exchange that may not have reached the database yet.
package struct StagedTokens: Equatable, Sendable {
    /// The generation whose refresh token was exchanged. The answer is valid only while that is the stored generation.
    package var parentGeneration: Int
    /// The id of the attempt that returned the tokens.
    package var attemptID: String
    /// The tokens. A refresh or ID token that the answer left out is the previous one.
    package var tokens: TokenSet
    /// The user whom the tokens belong to, as far as known.
    package var identity: Identity
    /// Whether the exchange replaced the refresh token.
    package var rotation: APIKey.Rotation
    /// Whether the tokens come from a sign-in; otherwise they come from a refresh token.
    package var isSignIn: Bool

    /// Creates the content of a side file.
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
