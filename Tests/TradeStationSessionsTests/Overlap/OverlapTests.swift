import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// Everything that happens to a session while threads read it, for the thread sanitizer. It misses short races on two
/// cores, so each change is followed by a hundred reads of each thread.
///
/// The tests are serialized because they share the processor: the reading threads of each of them never rest.
@Suite(.serialized, .stage(), .timeLimit(.minutes(20))) struct OverlapTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    private static let path = "/v3/brokerage/accounts"

    @Test(.stage(rotate: true))
    func `tokens are refreshed, adopted and refused while threads read them and others listen`() async throws {
        try await stage.withManager { other in
            let session = try await manager.session(named: "paper")
            let elsewhere = try await other.session(named: "real")
            let listeners = (0..<2).map { _ in
                let events = manager.events
                return Task { await Self.generations(of: events, until: 25) }
            }
            try await Readers.during(session) { readers in
                for round in 0..<6 {
                    try await renew(session, elsewhere, readers)
                    #expect(readers.generation == 4 * round + 5)
                }
                #expect(readers.setbackCount == 0)
            }
            for listener in listeners { #expect(await listener.value == Array(2...25)) }
            #expect(stage.emulator.counts.refreshes == 24)
            #expect(stage.emulator.counts.refused == 0)
        }
    }

    /// Lets the session get four new tokens, each in another way.
    private func renew(_ session: Session, _ elsewhere: Session, _ readers: Readers) async throws {
        // In the background, while the old token is served.
        stage.clock.advance(by: .seconds(1000))
        _ = try await session.accessToken()
        await stage.waitForRefresh(of: session)
        await readers.pass()
        // In place of an expired token.
        stage.clock.advance(by: .seconds(1201))
        _ = try await session.accessToken()
        await readers.pass()
        // By another process.
        stage.clock.advance(by: .seconds(1201))
        _ = try await elsewhere.accessToken()
        _ = try await session.accessToken()
        await readers.pass()
        // Because the API refuses the token.
        stage.emulator.expireAccessTokens()
        #expect(try await session.get(Self.path).status == 200)
        await readers.pass()
    }

    private static func generations(of events: SessionEvents, until last: Int) async -> [Int] {
        var generations: [Int] = []
        for await event in events {
            switch event.kind {
            case .refreshed(let generation, _), .adopted(let generation, _): generations.append(generation)
            default: break
            }
            if generations.last == last { break }
        }
        return generations
    }

    @Test func `a manager is closed while its sessions are read, asked, used, streamed and opened`() async throws {
        stage.emulator.changeSettings { $0.heartbeatSeconds = 0 }
        for round in 0..<8 {
            // In half of the rounds callers wait for a refresh, in the others it is in the background.
            stage.clock.advance(by: .seconds(round.isMultiple(of: 2) ? 1201 : 1000))
            try await stage.withManager { manager in
                let session = try await manager.session(named: "paper")
                try await Readers.during(session) { readers in
                    try await close(manager, using: session, readers, after: 100 * round)
                    await readers.pass()
                }
            }
        }
    }

    /// Closes a manager twice at once while everything works with its session, after the readers have read this often.
    private func close(
        _ manager: SessionManager,
        using session: Session,
        _ readers: Readers,
        after laps: Int
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for work in Self.works(session, manager) {
                group.addTask {
                    // A token from memory suspends no caller: without the yield, two loops would take the whole thread pool.
                    let code = await code {
                        while true {
                            try await work()
                            await Task.yield()
                        }
                    }
                    #expect(code == .closed)
                }
            }
            group.addTask { for await _ in manager.events {} }
            await readers.pass(laps: laps)
            for _ in 0..<2 { group.addTask { await manager.close() } }
            try await group.waitForAll()
        }
    }

    /// What programs do with a session until its manager is closed.
    private static func works(
        _ session: Session,
        _ manager: SessionManager
    ) -> [@Sendable () async throws -> Void] {
        [
            { _ = try await session.accessToken(validFor: .zero) },
            { _ = try await session.accessToken(validFor: .seconds(1)) },
            { _ = try await session.get(path) },
            { for try await _ in session.stream(SessionStage.quotes, of: Tick.self) {} },
            { _ = try await manager.session(named: "real") },
        ]
    }

    @Test func `streams are opened, sent away, broken and left while tokens are refreshed`() async throws {
        stage.emulator.changeSettings { $0.heartbeatSeconds = 0 }
        let session = try await manager.session(named: "paper")
        try await Readers.during(session) { readers in
            // Only the pauses before a stream is opened again are skipped, not what is left of a caller's 30 seconds.
            try await stage.clock.whileTimePasses(sleepingLessThan: .seconds(10)) {
                for round in 0..<6 {
                    try await interrupt(round.isMultiple(of: 2) ? .goAway : .cut, session, readers)
                }
            }
            #expect(readers.setbackCount == 0)
        }
    }

    /// Opens four streams, lets the server interrupt them while the token is refreshed, and leaves them.
    private func interrupt(_ trouble: StreamTrouble, _ session: Session, _ readers: Readers) async throws {
        var streams = (0..<4).map { _ in StreamReader(session.stream(SessionStage.quotes, of: Tick.self)) }
        for index in streams.indices { _ = await streams[index].next() }
        stage.emulator.streams.sendNext()
        stage.emulator.streams.strike(trouble)
        stage.clock.advance(by: .seconds(1201))
        _ = try await session.accessToken()
        await readers.pass()
        try await stage.emulator.wait { $0.openStreams == 4 }
        for stream in streams { await stream.stop() }
        try await stage.emulator.wait { $0.openStreams == 0 }
    }

    @Test(.stage(opens: .emptyStore)) func `sessions come and go while their logins are kept fresh`() async throws {
        try await stage.addLogins(8, to: manager)
        try await KeepingStage.with(stage) { keeping in
            let kept = try await keeping.manager.session(named: "l1")
            try await Readers.during(kept) { readers in
                async let opening: Void = Self.openSessions(of: keeping.manager)
                for _ in 0..<12 {
                    try await keeping.rest()
                    stage.clock.advance(by: .seconds(300))
                    await readers.pass()
                }
                try await opening
                try await keeping.rest()
                #expect(readers.generation >= 4)
                #expect(readers.setbackCount == 0)
            }
            #expect(keeping.notices == [])
        }
    }

    /// Opens and releases sessions of eight logins, forty times each.
    private static func openSessions(of manager: SessionManager) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...8 {
                group.addTask {
                    for _ in 0..<40 { _ = try await manager.session(named: "l\(number)").accessToken() }
                }
            }
            try await group.waitForAll()
        }
    }
}
