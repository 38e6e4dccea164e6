/// What a failed attempt leaves behind on the login and its API key. It never touches a token.
public struct AttemptFailure: Hashable, Sendable {
    /// The code of the failure.
    public var code: AccountsError.Code
    /// Until when the login waits before it is tried again.
    public var notBefore: Timestamp?
    /// Whether the user has to sign in again.
    public var needsLogin: Bool
    /// Whether the API key itself was refused.
    public var isBadClient: Bool
    /// Until when every login of the API key pauses.
    public var keyNotBefore: Timestamp?

    /// A failure.
    public init(
        code: AccountsError.Code,
        notBefore: Timestamp? = nil,
        needsLogin: Bool = false,
        isBadClient: Bool = false,
        keyNotBefore: Timestamp? = nil
    ) {
        self.code = code
        self.notBefore = notBefore
        self.needsLogin = needsLogin
        self.isBadClient = isBadClient
        self.keyNotBefore = keyNotBefore
    }
}
