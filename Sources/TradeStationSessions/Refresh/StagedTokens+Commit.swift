import TradeStationModel

extension StagedTokens {
    /// Whether they speak for another user than the login's. Then they are kept, but handed to nobody.
    func speakForStranger(to login: Login) -> Bool {
        guard let known = login.identity.subject, let said = identity.subject else { return false }
        return known != said
    }

    /// The same tokens as a compare-and-set on the generation they follow.
    func commit(to login: Login, warning: AuditEntry? = nil) -> TokenCommit {
        let isStranger = speakForStranger(to: login)
        let isNamed = identity.subject != nil || identity.username != nil
        return TokenCommit(
            parentGeneration: parentGeneration,
            tokens: tokens,
            identity: isNamed && !isStranger ? identity : nil,
            rotation: rotation,
            isSignIn: isSignIn,
            warnsOf: warning?.expiresAt,
            isHeld: isStranger
        )
    }
}
