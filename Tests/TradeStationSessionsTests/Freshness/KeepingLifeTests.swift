import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.stage(rotate: true)) struct KeepingLifeTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test func `run() returns on graceful shutdown once the refresh under way is saved`() async throws {
        let session = try await manager.session(named: "paper")
        stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 0.3))])
        stage.clock.advance(by: .seconds(1000))
        let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let group = ServiceGroup(services: [manager], logger: silent)
        let running = Task { try await group.run() }
        try await stage.emulator.wait { $0.refreshes == 1 }
        await group.triggerGracefulShutdown()
        try await running.value
        #expect(try await stage.paper().login.generation == 2)
        // The manager can still be asked, and run again.
        #expect(try await session.accessToken().generation == 2)
        let again = Task { try await manager.run() }
        again.cancel()
        await #expect(throws: CancellationError.self) { try await again.value }
    }

    @Test(.timeLimit(.minutes(20)))
    func `run() returns when graceful shutdown has already begun`() async throws {
        _ = try await manager.session(named: "paper")
        try await testGracefulShutdown { shutdown in
            shutdown.triggerGracefulShutdown()
            try await manager.run()
        }
    }

    @Test func `run() returns at once when it is cancelled during a refresh, and closing saves the answer`()
        async throws
    {
        let session = try await manager.session(named: "paper")
        stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 0.3))])
        stage.clock.advance(by: .seconds(1000))
        let running = Task { try await manager.run() }
        try await stage.emulator.wait { $0.refreshes == 1 }
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
        #expect(session.currentAccessToken()?.generation == 1)
        await manager.close()
        try await stage.withManager { manager in
            let record = try await manager.registry.profile(named: ProfileName("paper"))
            #expect(record.login.generation == 2)
        }
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test(.stage()) func `closing ends run(), and only one run() works at a time`() async throws {
        let session = try await manager.session(named: "paper")
        let running = Task { try await manager.run() }
        // It sleeps until the session is due.
        try await stage.clock.waitForSleeper()
        #expect(await code { try await manager.run() } == .usage)
        await manager.close()
        try await running.value
        #expect(await code { try await manager.run() } == .closed)
        #expect(session.currentAccessToken() == nil)
    }
}
