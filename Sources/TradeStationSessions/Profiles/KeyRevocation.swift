import TradeStationModel
import TradeStationOAuth

/// Revokes every login of a profile's API key (RFC 7009).
struct KeyRevocation: Sendable {
    let registry: ProfileRegistry
    let name: ProfileName

    private var services: SessionServices { registry.services }

    /// - Returns: the profiles that have to sign in again.
    func run() async throws -> [ProfileRecord] {
        let record = try await registry.profile(named: name)
        let ended = try await registry.profilesSharingKey(of: record)
        guard record.apiKey.registration.revokeURL != nil else {
            throw AccountsError(
                .usage,
                profile: name.text,
                "The API key of this profile has no revocation endpoint.",
                suggestion: "tsaccounts logout \(name.text)"
            )
        }
        do {
            guard try await revoke(record) else { throw AccountsError.notSignedIn }
            // A damaged login must not keep the others signed in.
            var damage: AccountsError?
            for other in Self.onePerLogin(ended) where other.login.id != record.login.id {
                do {
                    _ = try await revoke(other)
                } catch let error as AccountsError where error.code == .recordTampered {
                    damage = damage ?? error.about(other.name)
                }
            }
            if let damage { throw damage }
        } catch let error as AccountsError {
            throw error.about(name)
        }
        return ended
    }

    /// Revokes and erases the tokens of one login.
    ///
    /// - Returns: false when it has no refresh token.
    private func revoke(_ record: ProfileRecord) async throws -> Bool {
        try await services.withLock(on: record.login.id) {
            let stored = try await registry.settledLogin(of: record)
            guard let refreshToken = stored.staged?.tokens.refreshToken ?? stored.refreshToken else { return false }
            try NetworkCapacity.requireOnce()
            try await services.revocation.revoke(
                refreshToken,
                for: ClientCredentials(registration: stored.apiKey.registration, secret: stored.clientSecret)
            )
            var row = AuditEntry.erasure(.revoked, of: stored, for: record.name)
            row.detail["asked_for"] = name.text
            let crashed = AuditEntry.crashedAttempt(of: stored.login, for: record.name)
            try await services.store.eraseTokens(
                of: record.login.id,
                leaving: .needsLogin,
                audit: [crashed, row].compactMap { $0 }
            )
            return true
        }
    }

    private static func onePerLogin(_ records: [ProfileRecord]) -> [ProfileRecord] {
        var seen = Set<Login.ID>()
        return records.filter { seen.insert($0.login.id).inserted }
    }
}
