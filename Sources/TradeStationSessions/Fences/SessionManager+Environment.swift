public import TradeStationModel

extension SessionManager {
    /// Returns a session for a profile in another environment.
    ///
    /// The login of a live profile also works on the simulator (TradeStation's documentation page "SIM vs LIVE"). A
    /// simulator profile never gets a session for real money.
    ///
    /// The session has the name and login of the profile, and its limits on orders and accounts. Its host is
    /// TradeStation's simulator. If the profile has an API host of its own, the session uses the host of a simulator
    /// profile on the same login.
    ///
    /// - Throws: ``AccountsError`` as ``session(named:)``; `fenced` for a live session of a simulator profile; `usage`
    ///   when the simulator's host is not known, and for a v2 profile, because the simulator supports only v3.
    public func session(named name: String, environment: Environment) async throws -> Session {
        let session = try await session(named: name)
        var record = session.profile
        guard record.profile.environment != environment else { return session }
        guard environment == .sim else {
            throw await FenceRefusal(
                record: record,
                kind: .environment,
                detail: ["environment": environment.rawValue],
                message: "A simulator profile cannot open a live session.",
                reason: "A live profile can open a simulator session, but not the other way around."
            ).report(to: services)
        }
        record.profile.apiURL = try await simulatorURL(for: record)
        record.profile.environment = .sim
        return Session(record: record, login: session.login, services: services)
    }

    private func simulatorURL(for record: ProfileRecord) async throws -> EndpointURL? {
        func unavailable(_ reason: String) -> AccountsError {
            AccountsError(
                .usage,
                "The simulator is not available for this profile.",
                reason: reason,
                suggestion: "tsaccounts add profile OTHER --sim --same-login-as NAME --api-url URL"
            ).about(record.name)
        }
        guard record.profile.apiVersion == .v3 else { throw unavailable("The simulator supports only v3.") }
        guard record.profile.apiURL != nil else { return nil }
        let simulators = try await registry.profilesSharingLogin(of: record).filter { $0.profile.environment == .sim }
        guard let host = simulators.first?.profile.apiURL, simulators.allSatisfy({ $0.profile.apiURL == host }) else {
            throw unavailable(
                "The profile has its own API host, and no simulator profile with the same login tells the host of the "
                    + "simulator."
            )
        }
        return host
    }
}
