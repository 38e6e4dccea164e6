/// The changes that a failed attempt makes to the login and its API key. The tokens stay as they are.
package struct AttemptFailure: Hashable, Sendable {
    /// The code of the failure.
    package var code: AccountsError.Code
    /// The end of the pause before the next attempt of the login.
    package var notBefore: Timestamp?
    /// Whether the user has to sign in again.
    package var needsLogin: Bool
    /// Whether the server refused the API key itself.
    package var isBadClient: Bool
    /// The end of the pause for all logins of the API key.
    package var keyNotBefore: Timestamp?

    /// Creates a failure.
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
