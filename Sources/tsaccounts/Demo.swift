import TradeStationEmulator
import TradeStationSessions
import TradeStationTesting

/// The walkthrough that `tsaccounts demo` prints, for a first-time user.
struct Demo {
    /// The lifetime of an access token in the demo. It is short so that the expiry can be shown.
    static let tokenSeconds = 4
    private static let callers = 50

    let manager: SessionManager
    let emulator: Emulator
    let directory: String
    let display: Display

    func run() async throws {
        try say("tsaccounts keeps TradeStation sign-ins alive and returns fresh access tokens by profile name.")
        try say("This demo runs on this machine only, against an emulator of TradeStation.")
        try await addProfiles()
        let token = try await watchToken()
        try await callAPI()
        try await expire(token)
        try await lookBack()
        try say("\nThe demo is complete and has removed its files. Next, add your own profile:")
        try say("  tsaccounts add profile main --sim --client-id YOUR_API_KEY --secret-file FILE")
    }

    private func addProfiles() async throws {
        try chapter(1, "Two profiles, one sign-in")
        try say("  $ tsaccounts add profile paper --sim --client-id \(emulator.addresses.clientID.prefix(12))...")
        let signIn = try EmulatedSignIn(at: emulator.addresses)
        let interaction = signIn.interaction { url in
            try say("  A browser opens \(url.prefix(46))...")
            try say("  and \(signIn.user.username) signs in. tsaccounts never sees the password.")
        }
        let paper = try await manager.registry.add(
            ProfileRequest(
                name: ProfileName("paper"),
                environment: .sim,
                apiURL: EndpointURL(emulator.addresses.simURL),
                source: .key(signIn.key)
            ),
            interaction: interaction
        )
        try say("  Added paper: \(paper.login.identity.username ?? "-"), simulator, \(paper.state.rawValue).")
        try say("  $ tsaccounts add profile real --live --same-login-as paper")
        let real = try await manager.registry.add(
            ProfileRequest(
                name: ProfileName("real"),
                environment: .live,
                apiURL: EndpointURL(emulator.addresses.liveURL),
                source: .sameLogin(as: ProfileName("paper"))
            ),
            interaction: nil
        )
        try say("  Added real: same sign-in, live host, \(real.state.rawValue). No browser was needed.")
    }

    private func watchToken() async throws -> AccessToken {
        try chapter(2, "A token")
        try say("  $ tsaccounts token paper")
        let token = try await manager.session(named: "paper").accessToken()
        try say("  \(token.secret.exposed.prefix(24))... (\(token.secret.exposed.count) characters)")
        try say("  TradeStation's access tokens are valid for 20 minutes,")
        try say("  the tokens of this demo for \(Self.tokenSeconds) seconds.")
        let again = try await manager.session(named: "real").accessToken()
        let answer = again == token ? "the same token, no request" : "a newer token"
        try say("  A second call, for the profile real: \(answer).")
        return token
    }

    private func callAPI() async throws {
        try chapter(3, "Requests")
        for name in ["paper", "real"] {
            let session = try await manager.session(named: name)
            let response = try await session.get("/v3/brokerage/accounts")
            let accounts = response.text.matches(of: #/"AccountID":"([^"]+)"/#).map { String($0.1) }
            try say(
                "  \(name): GET /v3/brokerage/accounts  ->  \(response.status), accounts \(accounts.joined(separator: ", "))"
            )
        }
    }

    private func expire(_ old: AccessToken) async throws {
        try chapter(4, "The token expires, and \(Self.callers) tasks request a new one at once")
        let clock = SystemClock()
        let left = old.expiresAt.milliseconds - clock.wallTime().milliseconds
        try say("  Waiting \(max(0, left) / 1000 + 1) s for the token to expire ...")
        try await clock.sleep(milliseconds: left + 100)
        let before = emulator.counts.exchanges
        let session = try await manager.session(named: "paper")
        let tokens = try await withThrowingTaskGroup(of: AccessToken.self) { group in
            for _ in 0..<Self.callers { group.addTask { try await session.accessToken() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let exchanges = emulator.counts.exchanges - before
        let distinct = Set(tokens.map(\.secret.exposed)).count
        try say("  \(tokens.count) tasks received \(distinct) new token.")
        try say("  The server counted \(exchanges) exchange\(exchanges == 1 ? "" : "s").")
        guard exchanges == 1, distinct == 1, tokens.first != old else {
            throw AccountsError(
                .internal,
                "The demo did not give the expected result.",
                suggestion: "report this as a bug"
            )
        }
    }

    private func lookBack() async throws {
        try chapter(5, "The audit: what happened")
        try say("  $ tsaccounts audit")
        let audit = AuditText(display: display)
        for record in try await manager.registry.auditRecords(AuditQuery()) { try say("  " + audit.plain(record)) }
        let checked = try await manager.registry.verifyAudit()
        try say(
            "  $ tsaccounts audit verify\n  \(checked.isIntact ? "ok" : "broken"): \(checked.rows) rows, hash chain unbroken"
        )
        try say("  The same with the sqlite3 shell (tokens appear only as fingerprints):")
        try say("  $ sqlite3 -readonly -header -column \(directory)/accounts.db \\")
        try say("      'select started_at, profile_name, result, generation_after, waiters from refresh_history'")
    }

    private func chapter(_ number: Int, _ title: String) throws {
        try say("\n\(number). \(title)")
    }
}

private func say(_ text: String) throws {
    try Console.standardOutput(text)
}
