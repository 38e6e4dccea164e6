import TradeStationModel

extension StagedTokens {
    /// The audit rows that go with saving what a dead process left.
    func recoveryEntries(after stored: StoredLogin, profile: ProfileName, warning: AuditEntry?) -> [AuditEntry] {
        var recovered = AuditEntry(.recovered, profileName: profile.text, loginID: stored.login.id)
        recovered.attemptID = attemptID
        recovered.generationBefore = parentGeneration
        recovered.generationAfter = parentGeneration + 1
        recovered.refreshTokenAfter = tokens.refreshToken
        recovered.accessTokenAfter = tokens.accessToken
        recovered.expiresAt = tokens.expiresAt.wall
        var held: AuditEntry?
        if speakForStranger(to: stored.login) {
            held = AuditEntry(.needsLogin, profileName: profile.text, loginID: stored.login.id)
            held?.attemptID = attemptID
            held?.outcome = AccountsError.Code.wrongUser.rawValue
        }
        return [recovered, held, warning].compactMap { $0 }
    }
}
