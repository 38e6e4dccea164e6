import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationStore
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.stage(rotate: true)) struct RecoveryTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test func `the attempt of a process that died has an unknown outcome, and the same token is sent again`()
        async throws
    {
        let login = try await stage.paper().login.id
        try await stage.crash(during: login)
        #expect(try await stage.paper().state == .refreshing)
        stage.clock.advance(by: .seconds(1201))
        _ = try await manager.session(named: "paper").accessToken()
        let events = try await stage.events(manager)
        #expect(
            events.suffix(4) == ["refresh_started", "outcome_unknown", "refresh_started", "refresh_succeeded"]
        )
        #expect(stage.emulator.counts.refused == 0)
    }

    @Test func `a login whose process died during a refresh is due, although its access token is valid`() async throws {
        let name = try ProfileName("paper")
        let login = try await stage.paper().login.id
        try await stage.crash(during: login)
        let report = try await stage.withManager { other in
            try await other.refresh(other.registry.profile(named: name), onlyIfDue: true)
        }
        #expect(report.outcome == .refreshed)
        #expect(
            try await stage.events(manager).suffix(4)
                == ["refresh_started", "outcome_unknown", "refresh_started", "refresh_succeeded"]
        )
        let rest = try await manager.refresh(manager.registry.profile(named: name), onlyIfDue: true)
        #expect(rest.outcome == .fresh)
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test func `run sends the refresh token of a process that died at once`() async throws {
        let login = try await stage.paper().login.id
        try await stage.crash(during: login)
        try await KeepingStage.with(stage) { keeping in
            let session = try await keeping.manager.session(named: "paper")
            try await keeping.waitForRefreshes(1)
            #expect(session.currentAccessToken()?.generation == 2)
        }
    }

    @Test(.stage(rotate: true))
    func `a refresh that saves the tokens of a process that died reports them as recovered`()
        async throws
    {
        let record = try await stage.paper()
        let staged = LoginFixture.staged(
            LoginFixture.tokens(accessToken: "a", refreshToken: "r", life: 1200, at: stage.clock.now()),
            after: record.login.generation
        )
        try await stage.crash(during: record.login.id, leaving: staged)
        #expect(try await manager.refresh(record).outcome == .recovered)
        #expect(try await stage.events(manager).last == "recovered")
    }

    @Test func `when the server refuses the current refresh token, a late result is used`() async throws {
        let record = try await stage.paper()
        let late = LoginFixture.tokens(accessToken: "late", refreshToken: "late", life: 2401, at: stage.clock.now())
        let commit = TokenCommit(
            parentGeneration: record.login.generation - 1,
            tokens: late,
            identity: nil,
            rotation: .rotating
        )
        var entry = AuditEntry(.refreshSucceeded, profileName: "paper", loginID: record.login.id)
        entry.attemptID = SessionStage.crashedAttempt.id
        let entries = [entry]
        let outcome = try await stage.withStore { try await $0.commit(commit, to: record.login.id, audit: entries) }
        #expect(outcome == .superseded(generation: record.login.generation))
        #expect(try await manager.registry.lateResult(of: record)?.attemptID == SessionStage.crashedAttempt.id)

        let session = try await manager.session(named: "paper")
        stage.clock.advance(by: .seconds(1201))
        stage.emulator.script([
            EmulatorFault(
                at: .token,
                when: .before,
                .respond(status: 403, headers: [:], body: #"{"error":"invalid_grant"}"#)
            )
        ])
        #expect(await code { _ = try await session.accessToken() } == .loginRequired)
        #expect(try await stage.paper().state == .needsLogin)
        #expect(try await session.accessToken().secret == Secret("late"))
        #expect(try await stage.paper().state == .ready)
        #expect(stage.emulator.counts.refreshes == 1)
        #expect(try await stage.events(manager).suffix(2) == ["needs_login", "recovered"])
        #expect(try await manager.registry.lateResult(of: record) == nil)
    }

    @Test func `the tokens that a crashed process left in the side file are saved without a request`() async throws {
        let record = try await stage.paper()
        let staged = LoginFixture.staged(
            LoginFixture.tokens(
                accessToken: "saved-access",
                refreshToken: "saved-refresh",
                life: 2401,
                at: stage.clock.now()
            ),
            after: record.login.generation
        )
        try await stage.crash(during: record.login.id, leaving: staged)
        let before = stage.emulator.counts.exchanges
        stage.clock.advance(by: .seconds(1201))
        let token = try await manager.session(named: "paper").accessToken()
        #expect(token.secret == Secret("saved-access"))
        #expect(token.generation == record.login.generation + 1)
        #expect(stage.emulator.counts.exchanges == before)
        #expect(try await stage.events(manager).last == "recovered")
        #expect(try await stage.paper().state == .ready)
    }

    @Test func `tokens of another user in the side file are kept and never served`() async throws {
        let record = try await stage.paper()
        let staged = LoginFixture.staged(
            LoginFixture.tokens(
                accessToken: "another-users-access",
                refreshToken: "another-users-refresh",
                life: 2400,
                at: stage.clock.now()
            ),
            after: record.login.generation,
            identity: Identity(subject: "auth0|another-user")
        )
        try await stage.crash(during: record.login.id, leaving: staged)
        stage.clock.advance(by: .seconds(1201))
        let before = stage.emulator.counts.exchanges
        let session = try await manager.session(named: "paper")
        #expect(await code { _ = try await session.accessToken() } == .loginRequired)
        #expect(try await stage.paper().state == .held)
        #expect(stage.emulator.counts.exchanges == before)
        #expect(try await stage.events(manager).suffix(2) == ["recovered", "needs_login"])
        _ = try await manager.registry.signIn(ProfileName("paper"), interaction: stage.browser())
        #expect(try await manager.session(named: "paper").accessToken().secret != Secret("another-users-access"))
    }

    @Test(.stage(rotate: true, overlap: 30), arguments: [EmulatorFault.Action.close, .truncate])
    func
        `an answer that is lost after the server has rotated is recovered within the overlap by at most three requests`(
            _ action: EmulatorFault.Action
        ) async throws
    {
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

    @Test(.stage()) func `three lost answers end in an error, the tokens stay, and the next call tries again`()
        async throws
    {
        let session = try await manager.session(named: "paper")
        stage.clock.advance(by: .seconds(1201))
        stage.emulator.script([EmulatorFault(at: .token, when: .before, .close, times: 3)])
        #expect(
            await code { _ = try await stage.clock.whileTimePasses { try await session.accessToken() } }
                == .serverUnreachable
        )
        #expect(stage.emulator.counts.refreshes == 3)
        #expect(try await stage.paper().state == .degraded)
        let token = try await stage.clock.whileTimePasses { try await session.accessToken() }
        #expect(token.generation == 2)
        #expect(try await stage.paper().state == .ready)
    }

    @Test func `without an overlap a lost answer is recorded before the login needs a sign-in`() async throws {
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
        #expect(try await stage.paper().state == .needsLogin)
        // Nothing more is sent until the user signs in.
        let before = stage.emulator.counts.exchanges
        #expect(await code { _ = try await session.accessToken() } == .loginRequired)
        #expect(stage.emulator.counts.exchanges == before)
        _ = try await manager.registry.signIn(ProfileName("paper"), interaction: stage.browser())
        #expect(try await manager.session(named: "paper").accessToken().generation == 2)
    }
}
