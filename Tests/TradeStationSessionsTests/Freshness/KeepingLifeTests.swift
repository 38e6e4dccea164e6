import Logging
import ServiceLifecycle
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.serialized) struct KeepingLifeTests {
    @Test func `as a service it returns on graceful shutdown when the refresh under way is saved`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 0.3))])
                stage.clock.advance(by: .seconds(1000))
                let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
                let group = ServiceGroup(services: [manager], logger: silent)
                let running = Task { try await group.run() }
                while stage.emulator.counts.refreshes == 0 { await Task.yield() }
                await group.triggerGracefulShutdown()
                try await running.value
                #expect(try await manager.registry.profile(named: ProfileName("paper")).login.generation == 2)
                // It can still be asked, and run again.
                #expect(try await session.accessToken().generation == 2)
                #expect(await manager.keeper == nil)
            }
        }
    }

    @Test func `cancelled in mid-refresh it leaves at once, and closing saves the answer`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 0.3))])
                stage.clock.advance(by: .seconds(1000))
                let running = Task { try await manager.run() }
                while stage.emulator.counts.refreshes == 0 { await Task.yield() }
                running.cancel()
                await #expect(throws: CancellationError.self) { try await running.value }
                #expect(session.currentAccessToken()?.generation == 1)
                await manager.close()
            }
            try await stage.withManager { manager in
                let record = try await manager.registry.profile(named: ProfileName("paper"))
                #expect(record.login.generation == 2)
            }
            #expect(stage.emulator.counts.refreshes == 1)
        }
    }

    @Test func `closing ends it, and it runs once at a time`() async throws {
        try await SessionStage.with { stage in
            try await stage.withProfiles { manager in
                let running = Task { try await manager.run() }
                while await manager.keeper == nil { await Task.yield() }
                #expect(await code { try await manager.run() } == .usage)
                await manager.close()
                try await running.value
                #expect(await code { try await manager.run() } == .closed)
            }
        }
    }
}
