import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// Clocks that stop, jump or disagree: no expired token is handed out, and the sign-in server is not flooded.
@Suite(.stage()) struct ClockTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test func `after a suspend of two hours all callers get a new token from one exchange`() async throws {
        let paper = try await manager.session(named: "paper")
        let real = try await manager.session(named: "real")
        let old = try await paper.accessToken()
        stage.clock.advance(by: .seconds(7200))
        let tokens = try await withThrowingTaskGroup(of: AccessToken.self) { group in
            for index in 0..<100 {
                group.addTask { try await (index % 2 == 0 ? paper : real).accessToken() }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1.generation) }
        }
        #expect(tokens == [old.generation + 1])
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test func `when a machine was paused, open sessions notice it as soon as the wall clock is set`() async throws {
        let session = try await manager.session(named: "paper")
        let token = try await session.accessToken()
        stage.clock.advance(by: .seconds(600))
        // The boot clock stood still. Afterwards the wall clock is set to the right time, which is the server's.
        stage.clock.stepWall(by: .seconds(7200))
        #expect(session.currentAccessToken() == nil)
        let next = try await session.accessToken()
        #expect(next.generation == token.generation + 1)
        for _ in 0..<20 {
            #expect(try await session.accessToken() == next)
            stage.clock.advance(by: .seconds(30))
        }
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test func `a short pause brings the end of a token nearer`() async throws {
        let session = try await manager.session(named: "paper")
        let token = try await session.accessToken()
        stage.clock.stepWall(by: .seconds(600))
        #expect(try await session.accessToken() == token)
        let report = try await manager.token(manager.registry.profile(named: ProfileName("paper")))
        #expect(report.life == .seconds(600))
        stage.clock.advance(by: .seconds(541))
        #expect(try await session.accessToken().generation == token.generation + 1)
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test(arguments: [3600, -3600, 86_400 * 3650, -86_400 * 3650] as [Double])
    func `a step of the wall clock costs at most one exchange, however far it is`(step: Double) async throws {
        let session = try await manager.session(named: "paper")
        _ = try await session.accessToken()
        stage.clock.advance(by: .seconds(600))
        stage.clock.stepWall(by: .seconds(step))
        // The server's clock is not stepped.
        stage.emulator.advance(bySeconds: -step)
        for _ in 0..<20 {
            _ = try await session.accessToken()
            try await stage.withManager { _ = try await $0.session(named: "paper").accessToken() }
        }
        #expect(stage.emulator.counts.refreshes == 1)
        let token = try await session.accessToken()
        // The new token lives as long as any other.
        stage.clock.advance(by: .seconds(880))
        try await stage.withManager { other in
            let session = try await other.session(named: "paper")
            #expect(session.currentAccessToken() == token)
        }
        #expect(stage.emulator.counts.refreshes == 1)
        stage.clock.advance(by: .seconds(261))
        #expect(try await session.accessToken().generation == token.generation + 1)
        #expect(stage.emulator.counts.refreshes == 2)
    }

    @Test func `a reboot that does not change the boot id costs one exchange`() async throws {
        _ = try await manager.session(named: "paper").accessToken()
        stage.clock.advance(by: .seconds(864_000))
        let old = try await manager.session(named: "paper").accessToken()
        // Fifty minutes later, the server has ended the token, and the boot clock began again.
        stage.clock.advance(by: .seconds(3000))
        let rebooted = TestClock(wall: stage.clock.wallTime(), bootID: stage.clock.bootID, sinceBoot: .seconds(20))
        var configuration = SessionConfiguration(storeDirectory: stage.directory)
        configuration.clock = rebooted
        let refreshes = stage.emulator.counts.refreshes
        for _ in 0..<3 {
            try await withSessionManager(configuration: configuration) { manager in
                let token = try await manager.session(named: "paper").accessToken()
                #expect(token.generation == old.generation + 1)
            }
        }
        #expect(stage.emulator.counts.refreshes == refreshes + 1)
    }

    @Test(arguments: ["", "unknown"])
    func `a machine without a boot id goes by its wall clock`(id: String) async throws {
        var configuration = SessionConfiguration(storeDirectory: stage.directory)
        let first = TestClock(wall: stage.clock.wallTime(), bootID: id, sinceBoot: .seconds(864_000))
        configuration.clock = first
        let old = try await withSessionManager(configuration: configuration) { manager in
            try await manager.refresh(manager.registry.profile(named: ProfileName("paper")))
        }
        // It restarts after ten minutes, and again after thirty.
        for (minutes, generation) in [(10, old.generation), (30, old.generation + 1)] {
            let wall = stage.clock.wallTime().advanced(byMilliseconds: Int64(minutes) * 60_000)
            configuration.clock = TestClock(wall: wall, bootID: id, sinceBoot: .seconds(20))
            try await withSessionManager(configuration: configuration) { manager in
                let token = try await manager.session(named: "paper").accessToken()
                #expect(token.generation == generation)
            }
        }
    }

    @Test func `the system's boot id names the boot, and the time namespace that has a boot clock of its own`() throws {
        let id = SystemClock().bootID
        #if os(Linux)
            let boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
            #expect(id.hasPrefix(boot.trimmingCharacters(in: .whitespacesAndNewlines)))
            if let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/time") {
                #expect(id.hasSuffix(" \(link)"))
            }
        #endif
        #expect(id == SystemClock().bootID)
        #expect(!id.isEmpty)
    }

    @Test(.stage(rotate: true)) func `a refresh is due earlier when the refresh token ends before the access token`()
        async throws
    {
        let name = try ProfileName("paper")
        try await manager.registry.change(name, KeyChange(idleSeconds: 300))
        _ = try await manager.refresh(manager.registry.profile(named: name))
        stage.clock.advance(by: .seconds(190))
        let early = try await manager.refresh(manager.registry.profile(named: name), onlyIfDue: true)
        #expect(early.outcome == .fresh)
        stage.clock.advance(by: .seconds(20))
        let due = try await manager.refresh(manager.registry.profile(named: name), onlyIfDue: true)
        #expect(due.outcome == .refreshed)
    }

    @Test func `after a reboot the wall clock counts, and a token that ends later than it can is exchanged`()
        async throws
    {
        _ = try await manager.session(named: "paper").accessToken()
        let rebooted = TestClock(wall: stage.clock.wallTime(), bootID: "another-boot", sinceBoot: .seconds(5))
        var configuration = SessionConfiguration(storeDirectory: stage.directory)
        configuration.clock = rebooted
        try await withSessionManager(configuration: configuration) { manager in
            let session = try await manager.session(named: "paper")
            _ = try await session.accessToken()
            #expect(stage.emulator.counts.refreshes == 0)
            rebooted.advance(by: .seconds(1200))
            #expect(session.currentAccessToken() == nil)
            _ = try await session.accessToken()
            #expect(stage.emulator.counts.refreshes == 1)
        }
        // To a clock that starts in 1970 every stored end is too far away, until the first exchange.
        let early = TestClock(wall: Timestamp(milliseconds: 0), bootID: "a-third-boot", sinceBoot: .seconds(5))
        configuration.clock = early
        try await withSessionManager(configuration: configuration) { manager in
            let session = try await manager.session(named: "paper")
            for _ in 0..<5 { _ = try await session.accessToken() }
            #expect(stage.emulator.counts.refreshes == 2)
            early.advance(by: .seconds(1200))
            #expect(session.currentAccessToken() == nil)
        }
    }

    @Test(.stage(opens: .emptyStore), arguments: [600.0, -600.0])
    func `a server whose clock is ten minutes off costs no token and no request`(offset: Double) async throws {
        stage.emulator.advance(bySeconds: offset)
        try await stage.add("paper", to: manager)
        let session = try await manager.session(named: "paper")
        for _ in 0..<5 {
            let token = try await session.accessToken()
            for _ in 0..<14 {
                stage.clock.advance(by: .seconds(60))
                #expect(session.currentAccessToken() == token)
                #expect(try await session.get("/v3/brokerage/accounts").status == 200)
            }
            stage.clock.advance(by: .seconds(400))
        }
        #expect(stage.emulator.counts.refreshes == 4)
    }
}
