/// What a failed attempt leaves behind on the login and its API key. It never touches a token.
package struct AttemptFailure: Hashable, Sendable {
    /// The code of the failure.
    package var code: AccountsError.Code
    /// Until when the login waits before it is tried again.
    package var notBefore: Timestamp?
    /// Whether the user has to sign in again.
    package var needsLogin: Bool
    /// Whether the API key itself was refused.
    package var isBadClient: Bool
    /// Until when every login of the API key pauses.
    package var keyNotBefore: Timestamp?

    /// A failure.
    package init(
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
