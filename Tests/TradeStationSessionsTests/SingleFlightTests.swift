import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.stage(rotate: true)) struct SingleFlightTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test func `ten thousand tasks at expiry make one exchange, even if some of them are cancelled`() async throws {
        let session = try await manager.session(named: "paper")
        let before = stage.emulator.counts.exchanges
        stage.clock.advance(by: .seconds(1201))
        let tokens = try await withThrowingTaskGroup(of: AccessToken?.self) { group in
            for _ in 0..<10_000 { group.addTask { try await session.accessToken() } }
            for _ in 0..<100 {
                let cancelled = Task { try await session.accessToken() }
                cancelled.cancel()
                group.addTask { try? await cancelled.value }
            }
            return try await group.reduce(into: [AccessToken?]()) { $0.append($1) }
        }
        #expect(stage.emulator.counts.exchanges - before == 1)
        #expect(tokens.compactMap { $0 }.count >= 10_000)
        #expect(Set(tokens.compactMap { $0?.secret.exposed }).count == 1)
        #expect(stage.emulator.counts.refused == 0)
    }

    @Test func `cancelling the first caller ends neither the exchange nor the other callers`() async throws {
        let session = try await manager.session(named: "paper")
        stage.clock.advance(by: .seconds(1201))
        let old = try await stage.paper().login.generation
        stage.emulator.script([EmulatorFault(at: .token, when: .before, .delay(seconds: 0.2))])
        let first = Task { try await session.accessToken() }
        try await stage.emulator.wait { $0.exchanges == 2 }
        let second = Task { try await session.accessToken() }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(try await second.value.generation == old + 1)
        #expect(stage.emulator.counts.exchanges == 2)
    }

    //  manager A            | manager B (as another process)
    //  both read: expired   | both read: expired
    //  takes the lock       | waits for the lock
    //  exchanges, saves     |
    //                       | reads again: newer generation, adopts
    @Test func `two managers on one store make one exchange, and profiles on one login share it`() async throws {
        try await stage.withManager { second in
            let paper = try await manager.session(named: "paper")
            let real = try await second.session(named: "real")
            let before = stage.emulator.counts.exchanges
            stage.clock.advance(by: .seconds(1201))
            async let one = paper.accessToken()
            async let other = real.accessToken()
            let tokens = try await (one, other)
            #expect(tokens.0 == tokens.1)
            #expect(stage.emulator.counts.exchanges - before == 1)
            #expect(stage.emulator.counts.refused == 0)
        }
    }

    @Test func `a caller leaves at its own deadline, and the refresh goes on and is saved`() async throws {
        try await stage.withManager(timeout: .seconds(2)) { manager in
            let session = try await manager.session(named: "paper")
            stage.clock.advance(by: .seconds(1201))
            stage.emulator.script([EmulatorFault(at: .token, when: .before, .delay(seconds: 0.5))])
            let waiting = Task { try await session.accessToken() }
            try await stage.emulator.wait { $0.exchanges == 2 }
            try await stage.clock.waitForSleeper()
            stage.clock.advance(by: .seconds(3))
            #expect(await code { _ = try await waiting.value } == .serverUnreachable)
            let token = try await session.accessToken()
            #expect(token.generation == 2)
            #expect(stage.emulator.counts.exchanges == 2)
        }
    }

    @Test func `a caller whose time ends while the store is busy gets store_busy`() async throws {
        try await stage.withCountingStore(timeout: .seconds(2)) { manager, store in
            let session = try await manager.session(named: "paper")
            stage.clock.advance(by: .seconds(1201))
            let storeLock = open(stage.directory + "/locks/store.lock", O_RDWR)
            defer { close(storeLock) }
            try #require(flock(storeLock, LOCK_EX) == 0)
            let waiting = Task { try await session.accessToken() }
            await store.wait(for: .begin)
            try await stage.clock.waitForSleeper()
            stage.clock.advance(by: .seconds(3))
            #expect(await code { _ = try await waiting.value } == .storeBusy)
            flock(storeLock, LOCK_UN)
            #expect(try await session.accessToken().generation == 2)
            #expect(stage.emulator.counts.exchanges == 2)
        }
    }

    @Test func `a caller whose time ends while the answer is saved is told that the refresh has succeeded`()
        async throws
    {
        try await stage.withCountingStore(timeout: .seconds(2)) { manager, store in
            let session = try await manager.session(named: "paper")
            stage.clock.advance(by: .seconds(1201))
            let release = store.holdCommits()
            let waiting = Task { () -> AccountsError? in
                do {
                    _ = try await session.accessToken()
                    return nil
                } catch {
                    return error as? AccountsError
                }
            }
            await store.wait(for: .heldCommit)
            try await stage.clock.waitForSleeper()
            stage.clock.advance(by: .seconds(3))
            let error = await waiting.value
            #expect(error?.code == .storeBusy)
            #expect(error?.message.hasPrefix("The refresh has succeeded") == true)
            #expect(error?.reason?.hasPrefix("The answer is kept") == true)
            release()
            #expect(try await session.accessToken().generation == 2)
            #expect(stage.emulator.counts.exchanges == 2)
        }
    }

    @Test func `only the caller who asks for too much validity fails`() async throws {
        let session = try await manager.session(named: "paper")
        stage.clock.advance(by: .seconds(1201))
        let greedy = Task { try await session.accessToken(validFor: .seconds(5000)) }
        let modest = (0..<50).map { _ in Task { try await session.accessToken() } }
        #expect(await code { _ = try await greedy.value } == .minValidityTooLong)
        for task in modest { #expect(try await task.value.generation == 2) }
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test func `twenty rotations in a row each send only the newest refresh token`() async throws {
        for _ in 0..<20 {
            stage.clock.advance(by: .seconds(1201))
            try await stage.withManager { manager in
                _ = try await manager.session(named: "paper").accessToken()
            }
        }
        #expect(stage.emulator.counts.refreshes == 20)
        #expect(stage.emulator.counts.refused == 0)
        #expect(stage.emulator.counts.loginsLost == 0)
    }

    @Test func `a caller with little time does not make callers with more time fail`() async throws {
        try await stage.withManager { other in
            let session = try await manager.session(named: "paper")
            stage.clock.advance(by: .seconds(1201))
            let lock = try await other.services.store.lock(session.profile.login.id, timeoutMilliseconds: 0)
            let hasty = Task { try await session.get("/v3/brokerage/accounts", timeout: .seconds(2)) }
            // The caller's own deadline, and that of its flight's wait for the lock.
            try await stage.clock.waitForSleepers(2)
            let patient = Task { try await session.accessToken() }
            try await stage.waitForCallers(2, of: session)
            stage.clock.advance(by: .seconds(3))
            #expect(await code { _ = try await hasty.value } == .lockTimeout)
            lock.unlock()
            #expect(try await patient.value.generation == 2)
            #expect(stage.emulator.counts.refreshes == 1)
        }
    }
}
