import Foundation
import TradeStationEmulator
import TradeStationSessions
import TradeStationTesting

/// One run of a self-test with its emulator and its store.
struct SelftestRun: Sendable {
    let selftest: Selftest
    let emulator: Emulator
    let manager: SessionManager

    private var plan: SelftestPlan { selftest.plan }

    func findings() async throws -> Selftest.Findings {
        var findings = Selftest.Findings()
        let families = try await signIn()
        for number in 1...plan.rounds {
            findings.tally.earlyEnd = try await expireTokens()
            if findings.tally.earlyEnd != nil { break }
            try await runRound(number, families, &findings)
            if emulator.counts.refused > 0 || emulator.counts.loginsLost > 0 { break }
        }
        findings.requests = emulator.log
        findings.tally.refused = emulator.counts.refused
        findings.tally.loginsLost = emulator.counts.loginsLost
        try await readAudit(families, &findings)
        return findings
    }

    /// Signs in a user for every login.
    ///
    /// - Returns: For each profile name, the emulator's ID of the family (the series) of refresh tokens.
    private func signIn() async throws -> [String: String] {
        selftest.note("Signing in \(plan.logins) users ...")
        var families: [String: String] = [:]
        for user in emulator.addresses.users {
            let signIn = try EmulatedSignIn(at: emulator.addresses, as: user.username)
            _ = try await manager.registry.add(
                ProfileRequest(
                    name: ProfileName(user.username),
                    environment: .sim,
                    apiURL: EndpointURL(emulator.addresses.simURL),
                    source: .key(signIn.key)
                ),
                interaction: signIn.interaction()
            )
            families[user.username] = emulator.log.last { $0.grantType == "authorization_code" }?.familyID
        }
        return families
    }

    /// Gives every login an access token with a lifetime of one second, and waits until all have expired.
    ///
    /// - Returns: The profile whose refresh failed and the error code, or nil.
    private func expireTokens() async throws -> String? {
        emulator.script([])
        emulator.changeSettings { $0.accessTokenSeconds = SelftestPlan.endingTokenSeconds }
        for name in plan.names {
            do {
                _ = try await manager.refresh(manager.registry.profile(named: ProfileName(name)))
            } catch let error as AccountsError {
                return "\(name) (\(error.code))"
            }
        }
        emulator.changeSettings { $0.accessTokenSeconds = SelftestPlan.lastingTokenSeconds }
        // The lifetime of a token starts before its request is sent, so all have expired after this pause.
        try await SystemClock().sleep(milliseconds: Int64(SelftestPlan.endingTokenSeconds) * 1000)
        return nil
    }

    private func runRound(
        _ number: Int,
        _ families: [String: String],
        _ findings: inout Selftest.Findings
    ) async throws {
        let clock = SystemClock()
        let (start, previousCount) = (clock.bootMilliseconds(), emulator.log.count)
        emulator.script([plan.answerDelay])
        let round = SelftestRound(
            number: number,
            plan: plan,
            executable: selftest.executable,
            store: selftest.directory,
            random: selftest.random
        )
        let records = try await OwnThread.run { isCancelled in
            var round = round
            return try round.run(isCancelled: isCancelled)
        }
        let duration = clock.bootMilliseconds() - start
        let requests = emulator.log.dropFirst(previousCount).filter { $0.grantType == "refresh_token" }
        findings.children += records
        findings.tally.exchanges += requests.count
        for record in records { findings.tally.count(record.outcome) }
        var logins: [LoginRound] = []
        for name in plan.names {
            logins.append(
                LoginRound(
                    profile: name,
                    issued: requests.filter { $0.familyID == families[name] }.compactMap(\.issuedAccess),
                    served: records.compactMap { record in
                        guard record.profile == name, case .served(let fingerprint) = record.outcome else { return nil }
                        return fingerprint
                    },
                    current: try await currentToken(name)
                )
            )
        }
        findings.tally.rounds.append(logins)
        let killed = plan.kills ? ", \(records.count { $0.outcome == .killed }) killed" : ""
        selftest.note(
            "Round \(number) of \(plan.rounds): \(records.count) processes\(killed), \(requests.count) exchanges, "
                + String(format: "%.1f s", Double(duration) / 1000)
        )
    }

    /// The fingerprint of a login's current access token, or nil if it has none.
    private func currentToken(_ name: String) async throws -> String? {
        do {
            return Fingerprint.of(try await manager.session(named: name).accessToken().secret.exposed)
        } catch is AccountsError {
            return nil
        }
    }

    private func readAudit(_ families: [String: String], _ findings: inout Selftest.Findings) async throws {
        let checked = try await manager.registry.verifyAudit()
        let rows = try await manager.registry.auditRecords(AuditQuery())
        findings.tally.auditProblem = checked.isIntact ? nil : checked.problem ?? "a row does not match."
        findings.tally.cutOff = rows.count {
            $0.text("event") == AuditEvent.recovered.rawValue || $0.text("outcome") == "process_died"
        }
        let refreshes = findings.requests.filter { $0.grantType == "refresh_token" }
        findings.tally.unexplained = plan.names.reduce(0) { sum, name in
            let started = rows.count {
                $0.text("event") == AuditEvent.refreshStarted.rawValue && $0.text("profile_name") == name
            }
            let seen = refreshes.count { $0.familyID == families[name] }
            // A process that is killed after it writes the row and before it sends the request leaves only the row.
            return sum + (plan.kills ? max(0, seen - started) : abs(seen - started))
        }
    }
}
