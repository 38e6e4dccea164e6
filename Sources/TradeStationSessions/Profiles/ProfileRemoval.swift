import TradeStationModel

/// Removes a profile from the store.
struct ProfileRemoval: Sendable {
    let registry: ProfileRegistry
    let record: ProfileRecord

    private var store: any CredentialStore { registry.services.store }

    /// Takes the lock of the profile's login and removes the profile.
    func run() async throws {
        try await registry.services.withLock(on: record.login.id) {
            // If other profiles use the login, their next refresh reports its crashed attempt.
            let isLast = try await registry.profilesSharingLogin(of: record).isEmpty
            try await remove(endingAttemptOf: isLast ? try await login() : nil)
        }
    }

    /// Removes the profile. The lock of its login is held.
    ///
    /// - Parameter login: The login, if it ends with the profile: the attempt of a crashed process is recorded first.
    func remove(endingAttemptOf login: Login?) async throws {
        let row = AuditEntry(.profileRemoved, profileName: record.name.text, loginID: record.login.id)
        let crashed = login.flatMap { AuditEntry.crashedAttempt(of: $0, for: record.name) }
        try await store.remove(record.profile.id, audit: [crashed, row].compactMap { $0 })
    }

    /// The login of the profile, after tokens that could not be saved earlier were saved. A damaged login stays as it is.
    private func login() async throws -> Login? {
        do {
            return try await registry.settledLogin(of: record).login
        } catch let error as AccountsError where error.code == .recordTampered {
            return try await store.profile(record.profile.id)?.login
        }
    }
}
