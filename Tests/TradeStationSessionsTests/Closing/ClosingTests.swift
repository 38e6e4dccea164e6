import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// Nothing is left of a closed manager, for everything that it can be doing.
@Suite struct ClosingTests {
    @Test(arguments: ClosingMoment.allCases)
    func `closing leaves no task, socket or descriptor`(moment: ClosingMoment) async {
        // A new process has nothing open that this test has not opened.
        await #expect(processExitsWith: .success) { [moment = moment as ClosingMoment] in
            try await SessionStage.with { stage in try await ClosingTests.close(stage, moment) }
        }
    }

    private static func close(_ stage: SessionStage, _ moment: ClosingMoment) async throws {
        stage.emulator.changeSettings { $0.heartbeatSeconds = 0 }
        // The first manager opens what is opened once per process.
        try await stage.withManager { manager in
            try await stage.add("paper", to: manager)
            _ = try await stage.openQuotes(of: manager)
            _ = try await manager.session(named: "paper").get("/v3/brokerage/accounts")
        }
        let server = try stage.port()
        try await eventually { try !OpenDescriptors.list(exceptServerOn: server).contains(OpenDescriptors.connection) }
        let before = try OpenDescriptors.list(exceptServerOn: server)
        // Another process has closed its store and still has the lock.
        let lock = try await stage.withManager { other -> (any LoginLock)? in
            let login = try await other.registry.profile(named: ProfileName("paper")).login.id
            return moment.isLockedOut ? try await other.services.store.lock(login, timeoutMilliseconds: 0) : nil
        }
        var configuration = SessionConfiguration(storeDirectory: stage.directory)
        configuration.clock = stage.clock
        configuration.exchangeTimeout = .milliseconds(200)
        configuration.longestExchangeTimeout = configuration.exchangeTimeout
        weak var closed: SessionManager?
        let (end, isAlone) = try await TaskWitness.watch { [configuration] in
            let manager = try await SessionManager(configuration: configuration)
            closed = manager
            let (code, held) = try await moment.begin(manager, stage)
            await manager.close()
            return (code: await code.value, held: held)
        }
        #expect(end.code == moment.code, "\(String(describing: end.code))")
        #expect(stage.clock.sleeperCount == 0)
        // The thread that waited for the lock gets it when its holder unlocks it, and unlocks it, too.
        lock?.unlock()
        // The event loops close their descriptors a moment later.
        try? await eventually { try OpenDescriptors.list(exceptServerOn: server) == before }
        let left = try OpenDescriptors.list(exceptServerOn: server).difference(from: before)
        #expect(left.isEmpty, "\(left)")
        try await eventually { isAlone() }
        #expect(closed == nil || end.held != nil)
        try await stage.emulator.wait { $0.openStreams == 0 }
    }
}

@Suite(.stage()) struct ClosedManagerTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test func `closing waits for a code that is being exchanged, and saves the sign-in`() async throws {
        let before = stage.emulator.counts.codeExchanges
        stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 0.3))])
        let signIn = Task { try await manager.registry.signIn(ProfileName("paper"), interaction: stage.browser()) }
        try await stage.emulator.wait { $0.codeExchanges > before }
        await manager.close()
        _ = await signIn.result
        try await stage.withManager { manager in
            let record = try await manager.registry.profile(named: ProfileName("paper"))
            #expect(record.login.generation == 2)
        }
    }

    @Test func `a closed manager begins nothing`() async throws {
        let session = try await manager.session(named: "paper")
        await manager.close()
        await manager.close()
        let path = "/v3/brokerage/accounts"
        #expect(session.currentAccessToken() == nil)
        #expect(await code { _ = try await session.accessToken() } == .closed)
        #expect(await code { _ = try await session.accessToken(validFor: .seconds(1)) } == .closed)
        #expect(await code { _ = try await session.get(path) } == .closed)
        #expect(await code { _ = try await session.post(path, json: []) } == .closed)
        #expect(await code { _ = try await manager.session(named: "paper") } == .closed)
        let signIn = await code {
            _ = try await manager.registry.signIn(ProfileName("paper"), interaction: stage.browser())
        }
        #expect(signIn == .closed)
        #expect(stage.emulator.counts.apiRequests == 0)
    }
}
