import TradeStationModel

/// Decides whether a refresh is the first of a rotating key within two hours of the sign-in's end: the audit says so
/// once.
enum SignInWarning {
    /// The row that goes with saving what a refresh brought, if any.
    static func entry(saving staged: StagedTokens, after stored: StoredLogin, profile: ProfileName) -> AuditEntry? {
        let login = stored.login
        guard staged.rotation == .rotating, !staged.isSignIn, let signedInAt = login.signedInAt,
            let end = stored.apiKey.registration.rotationLimits.signInEnd(signedInAt: signedInAt),
            login.signInWarnedOf != end,
            end < staged.tokens.issuedAt.advanced(byMilliseconds: RotationLimits.signInWarningMilliseconds)
        else { return nil }
        var entry = AuditEntry(.signInEndsSoon, profileName: profile.text, loginID: login.id)
        entry.attemptID = staged.attemptID
        entry.generationAfter = staged.parentGeneration + 1
        entry.expiresAt = end
        return entry
    }
}
