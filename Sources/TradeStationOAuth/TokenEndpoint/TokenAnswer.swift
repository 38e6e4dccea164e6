/// What the token endpoint's answer means.
public enum TokenAnswer: Sendable {
    /// New tokens.
    case granted(TokenGrant)
    /// No tokens, and why.
    case failed(TokenFailure)
}
