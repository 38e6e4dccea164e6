import Logging
public import TradeStationModel

extension SessionManager {
    /// A session for a profile in another environment: a live profile's login serves the simulator too (TradeStation,
    /// "SIM vs LIVE"), a simulator profile never leads to real money.
    ///
    /// Name, login and the other fences are the profile's. The simulator's host is TradeStation's; where the profile
    /// has an API host of its own, that of a simulator profile on the same login.
    ///
    /// - Throws: ``AccountsError`` as ``session(named:)``; `fenced` for a simulator profile asked for `live`; `usage`
    ///   when the simulator's host is not known, and for a v2 profile, which the simulator does not speak.
    public func session(named name: String, environment: Environment) async throws -> Session {
        let session = try await session(named: name)
        var record = session.profile
        guard record.profile.environment != environment else { return session }
        guard environment == .sim else {
            throw await fenced(
                record,
                .environment,
                ["environment": environment.rawValue],
                "A simulator profile leads to no live account.",
                because: "A session may go from live to the simulator, never the other way."
            )
        }
        record.profile.apiURL = try await simulatorURL(for: record)
        record.profile.environment = .sim
        return Session(record: record, cache: session.cache, manager: self)
    }

    private func simulatorURL(for record: ProfileRecord) async throws -> EndpointURL? {
        func impossible(_ reason: String) -> AccountsError {
            AccountsError(
                .usage,
                "This profile has no way to the simulator.",
                reason: reason,
                suggestion: "tsaccounts add profile OTHER --sim --same-login-as NAME"
            ).about(record.profile.name)
        }
        guard record.profile.apiVersion == .v3 else { throw impossible("The simulator speaks v3 only.") }
        guard record.profile.apiURL != nil else { return nil }
        let simulators = try await registry.companions(of: record).filter { $0.profile.environment == .sim }
        guard let host = simulators.first?.profile.apiURL, simulators.allSatisfy({ $0.profile.apiURL == host }) else {
            throw impossible("It has an API host of its own, and no simulator profile on its login tells the other.")
        }
        return host
    }

    /// The error for what a fence stopped, with its row in the audit. That nothing was sent does not depend on the row:
    /// where it cannot be written, the refusal stands.
    nonisolated func fenced(
        _ record: ProfileRecord,
        _ kind: Fence.Kind,
        _ detail: [String: String],
        _ message: String,
        because reason: String
    ) async -> AccountsError {
        let name = record.profile.name
        var entry = AuditEntry(.fenced, profileName: name.text, loginID: record.login.id, detail: detail)
        entry.outcome = kind.rawValue
        do {
            try await store.record([entry])
        } catch {
            logger.info(
                "a refusal could not be recorded",
                metadata: ["profile": "\(name)", "fence": "\(kind.rawValue)"]
            )
        }
        let advice =
            switch kind {
            case .readOnly: "tsaccounts set NAME --read-only off, if a person means it"
            case .accounts: "tsaccounts set NAME --account ID, once for each account, if a person means it"
            case .environment: "tsaccounts add profile OTHER --live --same-login-as NAME, if a person means it"
            }
        return AccountsError(.fenced, message, reason: reason, suggestion: advice).about(name)
    }
}
