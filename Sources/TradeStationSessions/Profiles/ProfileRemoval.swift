import TradeStationModel

/// Removes a profile from the store.
struct ProfileRemoval: Sendable {
    let registry: ProfileRegistry
    let record: ProfileRecord

    private var store: any CredentialStore { registry.services.store }

    /// Takes the lock of the profile's login and removes the profile.
    func run() async throws {
        try await registry.services.withLock(on: record.login.id) {
            // An attempt that a crashed process left is recorded here only if the login is removed too. Otherwise the
            // next refresh of the login records it.
            let isLast = try await registry.profilesSharingLogin(of: record).isEmpty
            try await remove(endingAttemptOf: isLast ? try await login() : nil)
        }
    }

    /// Removes the profile. Call this only while holding the lock of its login.
    ///
    /// - Parameter login: The login if it is removed together with the profile, otherwise nil. An attempt that a
    ///   crashed process left in it is recorded first.
    func remove(endingAttemptOf login: Login?) async throws {
        let row = AuditEntry(.profileRemoved, profileName: record.name.text, loginID: record.login.id)
        let crashed = login.flatMap { AuditEntry.crashedAttempt(of: $0, for: record.name) }
        try await store.remove(record.profile.id, audit: [crashed, row].compactMap { $0 })
    }

    /// Saves tokens of the profile's login that could not be saved earlier, and returns the login. A damaged login
    /// stays as it is.
    private func login() async throws -> Login? {
        do {
            return try await registry.settledLogin(of: record).login
        } catch let error as AccountsError where error.code == .recordTampered {
            return try await store.profile(record.profile.id)?.login
        }
    }
}
