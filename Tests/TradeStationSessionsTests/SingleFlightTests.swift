import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

@Suite(.serialized) struct SingleFlightTests {
    @Test func `ten thousand tasks at expiry make one exchange, whoever of them is cancelled`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
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
        }
    }

    @Test func `the first caller's cancellation ends neither the exchange nor the others`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.clock.advance(by: .seconds(1201))
                let old = try await manager.registry.profile(named: ProfileName("paper")).login.generation
                stage.emulator.script([EmulatorFault(at: .token, when: .before, .delay(seconds: 0.2))])
                let first = Task { try await session.accessToken() }
                while stage.emulator.counts.exchanges < 2 { await Task.yield() }
                let second = Task { try await session.accessToken() }
                first.cancel()
                await #expect(throws: CancellationError.self) { try await first.value }
                #expect(try await second.value.generation == old + 1)
                #expect(stage.emulator.counts.exchanges == 2)
            }
        }
    }

    //  manager A            | manager B (as another process)
    //  both read: expired   | both read: expired
    //  takes the lock       | waits for the lock
    //  exchanges, saves     |
    //                       | reads again: newer generation, adopts
    @Test func `two managers on one store make one exchange, and profiles on one login share it`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { first in
                try await stage.withManager { second in
                    let paper = try await first.session(named: "paper")
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
        }
    }

    @Test func `a caller leaves at its own deadline while the refresh goes on and is saved`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { _ in }
            try await stage.withManager(timeout: .seconds(2)) { manager in
                let session = try await manager.session(named: "paper")
                stage.clock.advance(by: .seconds(1201))
                stage.emulator.script([EmulatorFault(at: .token, when: .before, .delay(seconds: 0.5))])
                let waiting = Task { try await session.accessToken() }
                while stage.emulator.counts.exchanges < 2 { await Task.yield() }
                while stage.clock.sleeperCount == 0 { await Task.yield() }
                stage.clock.advance(by: .seconds(3))
                #expect(await code { _ = try await waiting.value } == .serverUnreachable)
                let token = try await session.accessToken()
                #expect(token.generation == 2)
                #expect(stage.emulator.counts.exchanges == 2)
            }
        }
    }

    @Test func `a caller who leaves while the store is busy is not told that the server was silent`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { _ in }
            try await stage.withManager(timeout: .seconds(2)) { manager in
                let session = try await manager.session(named: "paper")
                stage.clock.advance(by: .seconds(1201))
                let loginLock = stage.directory + "/locks/login-1.lock"
                try Data().write(to: URL(fileURLWithPath: loginLock))
                let storeLock = open(stage.directory + "/locks/store.lock", O_RDWR)
                defer { close(storeLock) }
                try #require(flock(storeLock, LOCK_EX) == 0)
                let waiting = Task { try await session.accessToken() }
                // The holder leaves its number in the login's lock file: from then on only the store is waited for.
                while try String(contentsOfFile: loginLock, encoding: .utf8).isEmpty { await Task.yield() }
                while stage.clock.sleeperCount == 0 { await Task.yield() }
                stage.clock.advance(by: .seconds(3))
                #expect(await code { _ = try await waiting.value } == .storeBusy)
                flock(storeLock, LOCK_UN)
                #expect(try await session.accessToken().generation == 2)
                #expect(stage.emulator.counts.exchanges == 2)
            }
        }
    }

    @Test func `a caller who asks for too much fails alone`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                let session = try await manager.session(named: "paper")
                stage.clock.advance(by: .seconds(1201))
                let greedy = Task { try await session.accessToken(validFor: .seconds(5000)) }
                let modest = (0..<50).map { _ in Task { try await session.accessToken() } }
                #expect(await code { _ = try await greedy.value } == .minValidityTooLong)
                for task in modest { #expect(try await task.value.generation == 2) }
                #expect(stage.emulator.counts.refreshes == 1)
            }
        }
    }

    @Test func `twenty rotations in a row each send only the newest refresh token`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { _ in }
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
    }

    @Test func `a caller with little time does not fail those who have more`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            try await stage.withProfiles { manager in
                try await stage.withManager { other in
                    let session = try await manager.session(named: "paper")
                    let login = session.profile.login.id
                    stage.clock.advance(by: .seconds(1201))
                    let lock = try await other.store.lock(login, timeoutMilliseconds: 0)
                    let hasty = Task { try await session.get("/v3/brokerage/accounts", timeout: .seconds(2)) }
                    // Its own deadline, and that of its flight's wait for the lock.
                    while stage.clock.sleeperCount < 2 { await Task.yield() }
                    let patient = Task { try await session.accessToken() }
                    while await manager.airborne[login]?.flight.waiterCount != 2 { await Task.yield() }
                    stage.clock.advance(by: .seconds(3))
                    #expect(await code { _ = try await hasty.value } == .lockTimeout)
                    lock.unlock()
                    #expect(try await patient.value.generation == 2)
                    #expect(stage.emulator.counts.refreshes == 1)
                }
            }
        }
    }
}
