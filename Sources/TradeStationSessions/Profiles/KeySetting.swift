import TradeStationModel

/// Changes the settings of a profile's API key.
struct KeySetting: Sendable {
    let registry: ProfileRegistry
    let name: ProfileName

    private var store: any CredentialStore { registry.services.store }

    func run(_ change: KeyChange) async throws {
        let record = try await registry.profile(named: name)
        let known = record.apiKey.registration
        // Read the stored secret only if it stays in use: a damaged one must not prevent its replacement.
        let keepsSecret = change.secret == nil && change.authentication != ClientAuthentication.none
        let hasSecret =
            keepsSecret
            ? try await store.apiKey(clientID: known.clientID, tokenURL: known.tokenURL)?.secret != nil : true
        let registration: ClientRegistration
        do throws(AccountsError) {
            registration = try change.applied(to: known, hasSecret: hasSecret)
        } catch {
            throw error.about(name)
        }
        let secret: Secret? = registration.authentication == .none ? Secret("") : change.secret
        let row = AuditEntry(
            .profileChanged,
            profileName: record.name.text,
            loginID: record.login.id,
            detail: ["changed": change.changedFields.joined(separator: " ")]
        )
        try await store.update(record.apiKey.id, registration: registration, secret: secret, audit: [row])
    }
}
