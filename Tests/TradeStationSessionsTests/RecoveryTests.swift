import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationStore
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.serialized) struct RecoveryTests {
    /// A store opened beside the manager's, to leave behind what a killed process would.
    private func withStore(_ stage: SessionStage, _ body: (SQLiteCredentialStore) async throws -> Void) async throws {
        let store = try await SQLiteCredentialStore.open(
            at: StoreLocation(directory: stage.directory),
            identity: AuditIdentity(requester: "victim", host: "h", pid: 1, version: "0"),
            clock: stage.clock,
            random: .system
        )
        do {
            try await body(store)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    private let attempt = Attempt(id: String(repeating: "ab", count: 16), startedAt: Timestamp(milliseconds: 0))

    private func begin(_ store: SQLiteCredentialStore, _ login: Login.ID) async throws {
        var entry = AuditEntry(.refreshStarted, profileName: "paper", loginID: login)
        entry.attemptID = attempt.id
        try await store.begin(attempt, of: login, audit: [entry])
    }

    @Test func `an attempt that a dead process left is named unknown, and the same token is sent`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let login = try await manager.registry.profile(named: ProfileName("paper")).login.id
                try await withStore(stage) { store in try await begin(store, login) }
                #expect(try await manager.registry.profile(named: ProfileName("paper")).state == .refreshing)
                stage.clock.advance(by: .seconds(1201))
                _ = try await manager.session(named: "paper").accessToken()
                let events = try await stage.events(manager)
                #expect(
                    events.suffix(4) == ["refresh_started", "outcome_unknown", "refresh_started", "refresh_succeeded"]
                )
                #expect(stage.emulator.counts.refused == 0)
            }
        }
    }

    @Test(arguments: ["logout", "revoke", "login", "remove"])
    func `whoever ends a login whose process died names the attempt first`(how: String) async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let name = try ProfileName("paper")
                let login = try await manager.registry.profile(named: name).login.id
                if how == "remove" { try await manager.registry.remove(ProfileName("real")) }
                try await withStore(stage) { store in try await begin(store, login) }
                switch how {
                case "logout": _ = try await manager.registry.signOut(name)
                case "revoke": _ = try await manager.registry.revoke(name)
                case "login": _ = try await manager.registry.signIn(name, interaction: stage.browser())
                default: try await manager.registry.remove(name)
                }
                let ending = ["logout": "signed_out", "revoke": "revoked", "login": "signed_in"][how]
                #expect(
                    try await stage.events(manager).suffix(3)
                        == ["refresh_started", "outcome_unknown", ending ?? "profile_removed"]
                )
                let unknown = try #require(
                    try await manager.registry.auditRecords(AuditQuery()).last { $0.text("event") == "outcome_unknown" }
                )
                #expect(unknown.text("attempt_id") == attempt.id)
                #expect(unknown.text("outcome") == "process_died")
            }
        }
    }

    @Test func `what a dead process left in the side file is saved without a request`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let record = try await manager.registry.profile(named: ProfileName("paper"))
                let now = stage.clock.now().advanced(byMilliseconds: 1_201_000)
                let staged = StagedTokens(
                    parentGeneration: record.login.generation,
                    attemptID: attempt.id,
                    tokens: TokenSet(
                        accessToken: Secret("saved-access"),
                        refreshToken: Secret("saved-refresh"),
                        idToken: nil,
                        expiresAt: now.advanced(byMilliseconds: 1_200_000),
                        lifetimeSeconds: 1200
                    ),
                    identity: Identity(),
                    rotation: .rotating
                )
                try await withStore(stage) { store in
                    try await begin(store, record.login.id)
                    try await store.stage(staged, for: record.login.id)
                }
                let before = stage.emulator.counts.exchanges
                stage.clock.advance(by: .seconds(1201))
                let token = try await manager.session(named: "paper").accessToken()
                #expect(token.secret == Secret("saved-access"))
                #expect(token.generation == record.login.generation + 1)
                #expect(stage.emulator.counts.exchanges == before)
                #expect(try await stage.events(manager).last == "recovered")
                #expect(try await manager.registry.profile(named: ProfileName("paper")).state == .ready)
            }
        }
    }

    @Test func `tokens of another user in the side file are kept and handed to nobody`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let record = try await manager.registry.profile(named: ProfileName("paper"))
                let staged = StagedTokens(
                    parentGeneration: record.login.generation,
                    attemptID: attempt.id,
                    tokens: TokenSet(
                        accessToken: Secret("somebody-elses"),
                        refreshToken: Secret("somebody-elses-too"),
                        idToken: nil,
                        expiresAt: stage.clock.now().advanced(byMilliseconds: 2_400_000),
                        lifetimeSeconds: 1200
                    ),
                    identity: Identity(subject: "auth0|somebody-else"),
                    rotation: .rotating
                )
                try await withStore(stage) { store in
                    try await begin(store, record.login.id)
                    try await store.stage(staged, for: record.login.id)
                }
                stage.clock.advance(by: .seconds(1201))
                let before = stage.emulator.counts.exchanges
                let session = try await manager.session(named: "paper")
                #expect(await code { _ = try await session.accessToken() } == .loginRequired)
                #expect(try await manager.registry.profile(named: ProfileName("paper")).state == .held)
                #expect(stage.emulator.counts.exchanges == before)
                #expect(try await stage.events(manager).suffix(2) == ["recovered", "needs_login"])
                _ = try await manager.registry.signIn(ProfileName("paper"), interaction: stage.browser())
                #expect(try await manager.session(named: "paper").accessToken().secret != Secret("somebody-elses"))
            }
        }
    }

    @Test(arguments: [EmulatorFault.Action.close, .truncate])
    func `a reply lost after the server's commit is recovered within the overlap by at most three requests`(
        _ action: EmulatorFault.Action
    ) async throws {
        try await SessionStage.with(rotate: true, overlap: 30) { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.clock.advance(by: .seconds(1201))
                stage.emulator.script([EmulatorFault(at: .token, when: .after, action, times: 1)])
                let token = try await stage.clock.whileTimePasses { try await session.accessToken() }
                #expect(token.generation == 2)
                #expect(stage.emulator.counts.refreshes == 2)
                #expect(stage.emulator.counts.loginsLost == 0)
                let events = try await stage.events(manager)
                #expect(
                    events.suffix(4) == ["refresh_started", "outcome_unknown", "refresh_started", "refresh_succeeded"]
                )
            }
        }
    }

    @Test func `three lost replies end in an error, the tokens stay, and the next call tries again`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.clock.advance(by: .seconds(1201))
                stage.emulator.script([EmulatorFault(at: .token, when: .before, .close, times: 3)])
                #expect(
                    await code { _ = try await stage.clock.whileTimePasses { try await session.accessToken() } }
                        == .serverUnreachable
                )
                #expect(stage.emulator.counts.refreshes == 3)
                #expect(try await manager.registry.profile(named: ProfileName("paper")).state == .degraded)
                let token = try await stage.clock.whileTimePasses { try await session.accessToken() }
                #expect(token.generation == 2)
                #expect(try await manager.registry.profile(named: ProfileName("paper")).state == .ready)
            }
        }
    }

    @Test func `without an overlap a lost reply is named before the login is given up`() async throws {
        try await SessionStage.with(rotate: true, overlap: 0) { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.clock.advance(by: .seconds(1201))
                stage.emulator.script([EmulatorFault(at: .token, when: .after, .close)])
                #expect(
                    await code { _ = try await stage.clock.whileTimePasses { try await session.accessToken() } }
                        == .loginRequired
                )
                let events = try await stage.events(manager)
                #expect(
                    events.suffix(5)
                        == ["refresh_started", "outcome_unknown", "refresh_started", "refresh_failed", "needs_login"]
                )
                #expect(try await manager.registry.profile(named: ProfileName("paper")).state == .needsLogin)
                // Nothing more is sent until somebody signs in.
                let before = stage.emulator.counts.exchanges
                #expect(await code { _ = try await session.accessToken() } == .loginRequired)
                #expect(stage.emulator.counts.exchanges == before)
                _ = try await manager.registry.signIn(ProfileName("paper"), interaction: stage.browser())
                #expect(try await manager.session(named: "paper").accessToken().generation == 2)
            }
        }
    }

    @Test func `a refused key stops every login of the key, and a right secret brings all back`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                try await stage.add("second", user: 1, to: manager)
                try await manager.registry.change(ProfileName("paper"), KeyChange(secret: Secret("wrong")))
                stage.clock.advance(by: .seconds(1201))
                #expect(await code { _ = try await manager.session(named: "paper").accessToken() } == .clientRejected)
                let before = stage.emulator.counts.exchanges
                #expect(await code { _ = try await manager.session(named: "second").accessToken() } == .clientRejected)
                #expect(stage.emulator.counts.exchanges == before)
                #expect(try await manager.registry.profile(named: ProfileName("second")).state == .badClient)
                try await manager.registry.change(
                    ProfileName("second"),
                    KeyChange(secret: Secret(stage.emulator.addresses.clientSecret))
                )
                _ = try await manager.session(named: "paper").accessToken()
                _ = try await manager.session(named: "second").accessToken()
                #expect(try await manager.registry.profiles().map(\.state) == [.ready, .ready, .ready])
            }
        }
    }

    @Test func `a pause that the server asks for is waited out by every login of the key`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                try await stage.add("second", user: 1, to: manager)
                let session = try await manager.session(named: "paper")
                let second = try await manager.session(named: "second")
                stage.clock.advance(by: .seconds(1201))
                stage.emulator.script([
                    EmulatorFault(
                        at: .token,
                        when: .before,
                        .respond(status: 429, headers: ["Retry-After": "20"], body: "{}")
                    )
                ])
                #expect(await code { _ = try await session.accessToken() } == .rateLimited)
                let sent = stage.emulator.counts.exchanges
                let started = stage.clock.bootMilliseconds()
                _ = try await stage.clock.whileTimePasses { try await second.accessToken() }
                #expect(stage.clock.bootMilliseconds() - started >= 20_000)
                #expect(stage.emulator.counts.exchanges == sent + 1)
            }
        }
    }
}
