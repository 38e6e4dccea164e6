/// The content of a login's side file, a file beside the database: an answer with tokens that may not be in the
/// database yet.
package struct StagedTokens: Equatable, Sendable {
    /// The generation (the number of a token set) whose refresh token was exchanged for these tokens. They are valid
    /// only while the database still has this generation.
    package var parentGeneration: Int
    /// The id of the attempt that returned the tokens.
    package var attemptID: String
    /// The tokens. If the answer contained no refresh token or no ID token, the previous one is included.
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
