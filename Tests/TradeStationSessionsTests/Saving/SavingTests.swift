import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationStore
import TradeStationTesting

@testable import TradeStationSessions

/// The one policy of saving tokens, for each way in which they arrive and each write that can fail.
@Suite(.stage(rotate: true)) struct SavingTests {
    /// How the tokens arrive.
    enum Arrival: CaseIterable {
        case refresh, salvage, recovery, signIn
    }

    /// What cannot be written, and where the tokens are then.
    enum Trouble: CaseIterable {
        /// Saved in the database all the same.
        case sideFile
        /// Kept in the side file.
        case database
        /// Kept in memory: the side file cannot be made durable.
        case databaseAndSync
        /// Kept in memory.
        case everything

        var writes: Set<CountingStore.Write> {
            switch self {
            case .sideFile: [.sideFile]
            case .database: [.commit]
            case .databaseAndSync: [.commit, .sideFileSync]
            case .everything: [.sideFile, .sideFileSync, .commit]
            }
        }

        var code: AccountsError.Code? {
            switch self {
            case .sideFile: nil
            case .database: .saveDeferred
            case .databaseAndSync, .everything: .storeFull
            }
        }
    }

    private let stage = SessionStage.current

    @Test(arguments: Arrival.allCases, Trouble.allCases)
    func `new tokens are served and saved by the next success, whatever cannot be written`(
        arrival: Arrival,
        trouble: Trouble
    ) async throws {
        try await stage.withCountingStore { manager, store in
            let session = try await manager.session(named: "paper")
            let before = try await manager.registry.storedLogin(of: session.profile)
            let newRefreshToken = try await arrive(arrival, session, store, manager) {
                store.fail(trouble.writes)
            } expecting: {
                trouble.code
            }

            // Nothing is lost, and the database has nothing half-written.
            let known = try await manager.registry.storedLogin(of: session.profile)
            #expect((known.staged?.tokens.refreshToken ?? known.refreshToken) == newRefreshToken)
            #expect(known.login.generation == before.login.generation + (trouble == .sideFile ? 1 : 0))

            // The next success saves them, and the audit names the attempt that returned them.
            store.fail([])
            if arrival == .salvage { stage.clock.advance(by: .seconds(60)) }
            _ = await code { _ = try await manager.refresh(session.profile) }
            let saved = try #require(try await store.login(session.profile.login.id))
            #expect(saved.staged == nil)
            #expect(saved.login.generation > before.login.generation)
            guard trouble != .sideFile else { return }
            let recovered = try #require(try await rows("recovered", manager).last)
            let id = try #require(recovered.text("attempt_id"))
            #expect(recovered.integer("generation_after") == Int64(before.login.generation + 1))
            switch arrival {
            case .refresh, .salvage:
                #expect(try await rows("refresh_started", manager).contains { $0.text("attempt_id") == id })
            case .recovery: #expect(id == LoginFixture.attemptID)
            case .signIn:
                #expect(id.count == 32)
                #expect(recovered.text("detail")?.contains("sign_in") == true)
            }
        }
    }

    /// Lets new tokens arrive while writes fail.
    ///
    /// - Returns: the new refresh token.
    private func arrive(
        _ arrival: Arrival,
        _ session: Session,
        _ store: CountingStore,
        _ manager: SessionManager,
        _ fail: () -> Void,
        expecting expected: () -> AccountsError.Code?
    ) async throws -> Secret? {
        let login = session.profile.login
        switch arrival {
        case .refresh:
            stage.clock.advance(by: .seconds(1201))
            fail()
            // The new token is served, however little could be written.
            let report = try await manager.token(session.profile)
            #expect(report.token.generation == login.generation + 1)
            #expect(report.saveFailure?.code == expected())
            #expect(try await session.accessToken() == report.token)
            return try await kept(session, manager)
        case .salvage:
            stage.clock.advance(by: .seconds(1201))
            let body = #"{"refresh_token":"salvaged","access_token":"#
            stage.emulator.script([
                EmulatorFault(at: .token, when: .before, .respond(status: 200, headers: [:], body: body))
            ])
            fail()
            #expect(await code { _ = try await session.accessToken() } == expected() ?? .serverError)
            return Secret("salvaged")
        case .recovery:
            let now = stage.clock.now().advanced(byMilliseconds: 1_201_000)
            let tokens = LoginFixture.tokens(accessToken: "a", refreshToken: "recovered", life: 1200, at: now)
            try await store.begin(Attempt(id: LoginFixture.attemptID, startedAt: now.wall), of: login.id, audit: [])
            try await store.stage(LoginFixture.staged(tokens, after: login.generation), for: login.id)
            stage.clock.advance(by: .seconds(1201))
            fail()
            let report = try await manager.token(session.profile)
            #expect(report.token.secret == Secret("a"))
            #expect(report.saveFailure?.code == (expected() == nil ? nil : expected()))
            return Secret("recovered")
        case .signIn:
            fail()
            let name = session.profile.name
            let failure = await code { _ = try await manager.registry.signIn(name, interaction: stage.browser()) }
            #expect(failure == expected())
            #expect(try await session.accessToken().generation == login.generation + 1)
            return try await kept(session, manager)
        }
    }

    /// The refresh token that this process would send next.
    private func kept(_ session: Session, _ manager: SessionManager) async throws -> Secret? {
        let stored = try await manager.registry.storedLogin(of: session.profile)
        let token = stored.staged?.tokens.refreshToken ?? stored.refreshToken
        #expect(token != nil)
        return token
    }

    private func rows(_ event: String, _ manager: SessionManager) async throws -> [AuditRecord] {
        try await manager.registry.auditRecords(AuditQuery()).filter { $0.text("event") == event }
    }

    @Test(arguments: [Trouble.databaseAndSync, .everything])
    func `a refresh token that only memory has is the next one to be sent`(trouble: Trouble) async throws {
        try await stage.withCountingStore { manager, store in
            let session = try await manager.session(named: "paper")
            stage.clock.advance(by: .seconds(1201))
            store.fail(trouble.writes)
            _ = try await session.accessToken()
            stage.clock.advance(by: .seconds(1201))
            // While nothing can be saved, no older token is sent in its place.
            #expect(await code { _ = try await session.accessToken() } == .storeFull)
            #expect(stage.emulator.counts.refreshes == 1)
            store.fail([])
            #expect(try await session.accessToken().generation == 3)
            #expect(stage.emulator.counts.refused == 0)
            #expect(stage.emulator.counts.loginsLost == 0)
        }
    }

    @Test func `closing the manager saves tokens that only memory has`() async throws {
        try await stage.withCountingStore { manager, store in
            let session = try await manager.session(named: "paper")
            stage.clock.advance(by: .seconds(1201))
            store.fail(Trouble.everything.writes)
            _ = try await session.accessToken()
            store.fail([])
        }
        let record = try await stage.manager.registry.profile(named: ProfileName("paper"))
        #expect(record.login.generation == 2)
        #expect(try await stage.events(stage.manager).last == "recovered")
    }

    @Test(.stage(rotate: true, opens: .nothing), arguments: [Trouble.database, .everything])
    func `a profile whose first tokens cannot be saved stays, and is signed in as soon as they can be`(
        trouble: Trouble
    ) async throws {
        try await stage.withCountingStore { manager, store async throws in
            store.fail(trouble.writes)
            let added = await code { try await stage.add("paper", to: manager) }
            #expect(added == trouble.code)
            store.fail([])
            if trouble == .database {
                #expect(try await manager.session(named: "paper").accessToken().generation == 1)
            }
        }
        try await stage.withManager { manager in
            let record = try await manager.registry.profile(named: ProfileName("paper"))
            #expect(record.state == .ready)
            #expect(record.login.generation == 1)
            #expect(stage.emulator.counts.exchanges == 1)
        }
    }

    @Test(arguments: [true, false])
    func `tokens in memory do not come back after a sign-out`(isClosed: Bool) async throws {
        try await stage.withCountingStore { manager, store in
            let session = try await manager.session(named: "paper")
            stage.clock.advance(by: .seconds(1201))
            store.fail(Trouble.everything.writes)
            _ = try await session.accessToken()
            _ = try await stage.manager.registry.signOut(session.profile.name)
            store.fail([])
            if !isClosed {
                #expect(await code { _ = try await session.accessToken(validFor: .seconds(1)) } == .loginRequired)
            }
        }
        let record = try await stage.paper()
        #expect(record.state == .new)
        #expect(try await stage.manager.registry.lateResult(of: record) == nil)
    }

    @Test func `tokens in memory that another process has overtaken are kept as a late result`() async throws {
        try await stage.withCountingStore { manager, store in
            let session = try await manager.session(named: "paper")
            stage.clock.advance(by: .seconds(1201))
            store.fail(Trouble.everything.writes)
            _ = try await session.accessToken()
            let login = session.profile.login
            let newer = LoginFixture.tokens(accessToken: "n", refreshToken: "n", life: 1200, at: stage.clock.now())
            let commit = TokenCommit(
                parentGeneration: login.generation,
                tokens: newer,
                identity: nil,
                rotation: .rotating
            )
            let entries = [AuditEntry(.refreshSucceeded, loginID: login.id)]
            _ = try await stage.withStore { try await $0.commit(commit, to: login.id, audit: entries) }
            store.fail([])
            _ = await code { _ = try await manager.refresh(session.profile) }
            #expect(try await session.accessToken().secret == Secret("n"))
            stage.clock.advance(by: .seconds(1201))
            _ = await code { _ = try await session.accessToken() }
            #expect(try await manager.registry.lateResult(of: session.profile)?.generation == login.generation)
        }
    }

    @Test(.stage(rotate: true, opens: .emptyStore))
    func `a refresh token in an unusable answer to a new profile's sign-in is kept`() async throws {
        let body = #"{"refresh_token":"salvaged","access_token":"#
        stage.emulator.script([
            EmulatorFault(at: .token, when: .before, .respond(status: 200, headers: [:], body: body))
        ])
        let added = await code { try await stage.add("paper", to: stage.manager) }
        #expect(added == .serverError)
        let record = try await stage.manager.registry.profile(named: ProfileName("paper"))
        #expect(try await stage.manager.registry.storedLogin(of: record).refreshToken == Secret("salvaged"))
    }

    @Test(.stage(rotate: true, opens: .emptyStore))
    func `a cancelled add keeps the profile if its exchange succeeds`() async throws {
        let browser = try stage.browser()
        let record = try await stage.add("paper", to: stage.manager)
        let handedIn = try #require(try await stage.manager.registry.storedLogin(of: record).refreshToken)
        try await stage.manager.registry.remove(record.name)
        var key = try stage.keyRequest()
        key.refreshToken = handedIn
        let request = ProfileRequest(name: try ProfileName("second"), environment: .live, source: .key(key))
        stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 0.3))])
        let before = stage.emulator.counts.refreshes
        let adding = Task { try await stage.manager.registry.add(request, interaction: browser) }
        try await stage.emulator.wait { $0.refreshes > before }
        adding.cancel()
        await #expect(throws: (any Error).self) { try await adding.value }
        let second = try await stage.manager.registry.profile(named: ProfileName("second"))
        #expect(second.login.generation == 1)
        #expect(second.state == .ready)
    }
}
