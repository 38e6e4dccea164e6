import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// The events that listeners get, with a real store and the emulator.
@Suite(.stage(rotate: true), .timeLimit(.minutes(20))) struct SessionEventsTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    /// The next events of a listener.
    private func take(_ count: Int, of listener: inout SessionEvents.Iterator) async throws -> [SessionEvent] {
        var events: [SessionEvent] = []
        while events.count < count { events.append(try #require(await listener.next())) }
        return events
    }

    private func refresh(_ manager: SessionManager) async throws {
        _ = try await manager.refresh(try await stage.paper())
    }

    private func fail(_ manager: SessionManager, status: Int = 503) async {
        stage.emulator.script([
            EmulatorFault(at: .token, when: .before, .respond(status: status, headers: [:], body: "<html>"))
        ])
        await #expect(throws: AccountsError.self) { try await refresh(manager) }
    }

    //  manager A              | manager B (as another process)
    //  two listeners          | one listener
    //  refreshes              |
    //                         | refreshes
    @Test func `each listener gets each new generation once, as refreshed here or as adopted from another process`()
        async throws
    {
        try await stage.withManager { second in
            let events = manager.events
            var listeners = [events.makeAsyncIterator(), events.makeAsyncIterator()]
            var other = second.events.makeAsyncIterator()
            let end = stage.clock.wallTime().advanced(byMilliseconds: 1_200_000)
            try await refresh(manager)
            try await refresh(second)
            for place in listeners.indices {
                let told = try await take(2, of: &listeners[place])
                #expect(
                    told.map(\.kind) == [
                        .refreshed(generation: 2, expiresAt: end), .adopted(generation: 3, expiresAt: end),
                    ]
                )
                #expect(told.allSatisfy { $0.profiles.map(\.text) == ["paper", "real"] })
                #expect(told.allSatisfy { $0.login == Login.ID(rawValue: 1) })
                #expect(told.allSatisfy { $0.requester == "session tests" && $0.at == stage.clock.wallTime() })
                #expect(told.allSatisfy { $0.processID == ProcessInfo.processInfo.processIdentifier })
            }
            #expect(
                try await take(2, of: &other).map(\.kind) == [
                    .adopted(generation: 2, expiresAt: end), .refreshed(generation: 3, expiresAt: end),
                ]
            )
        }
    }

    @Test func `writes of its own process wake a listener at once, those of another process after a while`()
        async throws
    {
        try await stage.withManager { second in
            let events = manager.events
            let own = Task { await events.first { _ in true } }
            try await stage.clock.waitForSleeper(of: .milliseconds(250))
            try await refresh(manager)
            #expect(await own.value?.kind.generation == 2)

            let later = manager.events
            let foreign = Task { await later.first { _ in true } }
            try await stage.clock.waitForSleeper(of: .milliseconds(250))
            try await refresh(second)
            try await stage.clock.waitForSleeper(of: .milliseconds(250))
            stage.clock.advance(by: .seconds(0.25))
            #expect(await foreign.value?.kind.generation == 3)
        }
    }

    @Test func `an outage begins once and ends once`() async throws {
        var listener = manager.events.makeAsyncIterator()
        for _ in 1...3 { await fail(manager) }
        var late = manager.events.makeAsyncIterator()
        await fail(manager, status: 500)
        try await refresh(manager)
        try await refresh(manager)
        let told = try await take(4, of: &listener).map(\.kind)
        #expect(told.first == .degraded(code: .serverError))
        #expect(told.dropFirst().map(\.generation) == [2, nil, 3])
        #expect(told[2] == .recovered)
        // A listener that comes during the outage gets only its end.
        #expect(try await take(3, of: &late).map(\.kind) == Array(told.dropFirst()))
    }

    @Test func `a refused refresh token and a logout need a login, and a login by another process ends both`()
        async throws
    {
        var listener = manager.events.makeAsyncIterator()
        stage.emulator.revokeAll()
        await #expect(throws: AccountsError.self) { try await refresh(manager) }
        try await stage.withManager { other in
            _ = try await other.registry.signIn(ProfileName("paper"), interaction: stage.browser())
            _ = try await other.registry.signOut(ProfileName("paper"))
            _ = try await other.registry.signIn(ProfileName("paper"), interaction: stage.browser())
        }
        let end = stage.clock.wallTime().advanced(byMilliseconds: 1_200_000)
        #expect(
            try await take(6, of: &listener).map(\.kind) == [
                .needsLogin(code: .loginRequired), .adopted(generation: 2, expiresAt: end), .recovered,
                .needsLogin(code: .loginRequired), .adopted(generation: 4, expiresAt: end), .recovered,
            ]
        )
    }

    @Test(.stage(rotate: true, opens: .emptyStore)) func `listeners get an event before a sign-in ends`() async throws {
        var key = try stage.keyRequest()
        key.absoluteSeconds = 3600
        let record = try await manager.registry.add(
            ProfileRequest(
                name: ProfileName("paper"),
                environment: .sim,
                apiURL: EndpointURL(stage.emulator.addresses.simURL),
                source: .key(key)
            ),
            interaction: stage.browser()
        )
        var listener = manager.events.makeAsyncIterator()
        try await refresh(manager)
        let told = try await take(2, of: &listener).map(\.kind)
        let end = try #require(record.login.signedInAt).advanced(byMilliseconds: 3_600_000)
        #expect(told.first?.generation == 2)
        #expect(told.last == .signInEndsSoon(end: end))
    }

    @Test func `a slow listener loses nothing, even if much is written meanwhile`() async throws {
        var listener = manager.events.makeAsyncIterator()
        let filler = [AuditEntry](repeating: AuditEntry(.fenced, loginID: Login.ID(rawValue: 1)), count: 300)
        for _ in 2...5 {
            try await refresh(manager)
            try await manager.services.store.record(filler)
        }
        #expect(try await take(4, of: &listener).map(\.kind.generation) == [2, 3, 4, 5])
    }

    @Test func `closing the manager ends its listeners, and cancelling a listener ends it`() async throws {
        try await stage.withManager { manager in
            let events = manager.events
            func listen() -> Task<Int, Never> {
                Task {
                    var count = 0
                    for await _ in events { count += 1 }
                    return count
                }
            }
            let cancelled = listen()
            try await stage.clock.waitForSleeper(of: .milliseconds(250))
            cancelled.cancel()
            #expect(await cancelled.value == 0)
            #expect(stage.clock.sleeperCount == 0)
            let closed = (1...3).map { _ in listen() }
            try await stage.clock.waitForSleepers(3)
            await manager.close()
            for task in closed { #expect(await task.value == 0) }
            #expect(stage.clock.sleeperCount == 0)
            #expect(await listen().value == 0)
        }
    }

    @Test func `a listener goes on when a store that could not be read can be read again`() async throws {
        let events = manager.events
        try await refresh(manager)
        let (here, away) = (stage.directory + "/accounts.db", stage.directory + "/away.db")
        try FileManager.default.moveItem(atPath: here, toPath: away)
        let listening = Task { await events.first { _ in true } }
        try await stage.clock.waitForSleeper(of: .milliseconds(250))
        try FileManager.default.moveItem(atPath: away, toPath: here)
        stage.clock.advance(by: .seconds(0.25))
        #expect(await listening.value?.kind.generation == 2)
    }

    @Test func `events come without change counters, too`() async throws {
        let counters = stage.directory + "/locks/changes"
        try FileManager.default.removeItem(atPath: counters)
        try FileManager.default.createDirectory(atPath: counters, withIntermediateDirectories: false)
        try await stage.withManager { manager in
            let events = manager.events
            let listening = Task { await events.first { _ in true } }
            // It knows where to begin once it sleeps.
            try await stage.clock.waitForSleeper(of: .milliseconds(250))
            try await stage.withManager { try await refresh($0) }
            try await stage.clock.waitForSleeper(of: .milliseconds(250))
            stage.clock.advance(by: .seconds(0.25))
            #expect(await listening.value?.kind.generation == 2)
        }
    }

    @Test func `events that were read before the manager was closed are delivered, and no others`() async throws {
        let other = try await stage.withManager { second in
            var listener = second.events.makeAsyncIterator()
            try await refresh(manager)
            try await refresh(manager)
            #expect(await listener.next()?.kind.generation == 2)
            await second.close()
            #expect(await listener.next()?.kind.generation == 3)
            return await listener.next()
        }
        #expect(other == nil)
    }
}

extension SessionEvent.Kind {
    /// The generation of new tokens; nil for other events.
    fileprivate var generation: Int? {
        switch self {
        case .refreshed(let generation, _), .adopted(let generation, _): generation
        default: nil
        }
    }
}
