import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// What a manager is doing when it is closed.
enum ClosingMoment: String, CaseIterable, Codable, Sendable {
    case refreshExchange
    case lockWait
    case request
    case order
    case quotaPause
    case streamOpening
    case streamReading
    case streamUnread
    case streamPause
    case running
    case signIn
    case revocation
    case removal
    case listening

    /// Whether it waits for a lock that another process has.
    var isLockedOut: Bool { self == .lockWait || self == .removal }

    /// The code that the caller gets; nil if the work ends without an error.
    var code: AccountsError.Code? {
        switch self {
        case .order: .outcomeUnknown
        // It may have been carried out: only the server's answer is missing.
        case .revocation: .serverUnreachable
        case .running, .streamUnread, .listening: nil
        default: .closed
        }
    }

    /// Begins it, and returns once the manager is in the middle of it.
    ///
    /// - Returns: the code of the error that the caller gets in the end, and an object that a program would still hold.
    func begin(
        _ manager: SessionManager,
        _ stage: SessionStage
    ) async throws -> (code: Task<AccountsError.Code?, Never>, held: Any?) {
        let session = try await manager.session(named: "paper")
        let (reached, reach) = AsyncStream.makeStream(of: Void.self)
        let before = stage.emulator.counts
        let never = EmulatorFault.Action.hang(seconds: 3600)
        func caller(
            _ body: @escaping @Sendable () async throws -> Void
        ) -> Task<AccountsError.Code?, Never> {
            Task { await TradeStationSessionsTests.code(of: body) }
        }
        let task: Task<AccountsError.Code?, Never>
        var held: Any?
        switch self {
        case .refreshExchange:
            stage.clock.advance(by: .seconds(1201))
            stage.emulator.script([EmulatorFault(at: .token, never)])
            task = caller { _ = try await session.accessToken() }
            try await stage.emulator.wait { $0.refreshes > before.refreshes }
        case .lockWait:
            stage.clock.advance(by: .seconds(1201))
            task = caller { _ = try await session.accessToken() }
            // The caller's deadline and the flight's.
            try await stage.clock.waitForSleepers(2)
        case .request:
            stage.emulator.script([EmulatorFault(at: .api, never)])
            task = caller { _ = try await session.get("/v3/brokerage/accounts") }
            try await stage.emulator.wait { $0.apiRequests > before.apiRequests }
        case .order:
            stage.emulator.script([EmulatorFault(at: .api, when: .after, never)])
            task = caller { _ = try await session.post("/v3/orderexecution/orders", body: ["AccountID": "SIM1"]) }
            try await stage.emulator.wait { $0.apiRequests > before.apiRequests }
        case .quotaPause:
            stage.respond(429, headers: ["Retry-After": "20"])
            task = caller { _ = try await session.get("/v3/brokerage/accounts") }
            try await stage.clock.waitForSleeper(of: .milliseconds(20_000))
        case .streamOpening:
            stage.emulator.script([EmulatorFault(at: .stream, never)])
            task = caller { for try await _ in session.stream(SessionStage.quotes, of: Tick.self) {} }
            try await stage.emulator.wait { $0.apiRequests > before.apiRequests }
        case .streamReading, .streamPause:
            task = caller {
                for try await _ in session.stream(SessionStage.quotes, of: Tick.self) { reach.yield() }
            }
            for await _ in reached { break }
            try await stage.clock.waitForSleeper(of: .milliseconds(30_000))
            guard self == .streamPause else { break }
            stage.emulator.streams.strike(.goAway)
            try await stage.clock.waitForSleeper(otherThan: .seconds(30))
        case .streamUnread:
            var quotes = session.stream(SessionStage.quotes, of: Tick.self).makeAsyncIterator()
            _ = try await quotes.next()
            held = quotes
            task = caller {}
        case .running:
            task = caller { try await manager.run() }
            try await stage.clock.waitForSleeper()
        case .signIn:
            let interaction = SignInInteraction(present: { _ in reach.yield() })
            task = caller { _ = try await manager.registry.signIn(ProfileName("paper"), interaction: interaction) }
            for await _ in reached { break }
        case .revocation:
            stage.emulator.script([EmulatorFault(at: .revoke, never)])
            task = caller { _ = try await manager.registry.revoke(ProfileName("paper")) }
            try await stage.emulator.wait { $0.revocations > before.revocations }
        case .removal:
            task = caller { try await manager.registry.remove(ProfileName("paper")) }
            try await stage.clock.waitForSleeper()
        case .listening:
            task = caller { for await _ in manager.events {} }
            try await stage.clock.waitForSleeper(of: .milliseconds(250))
        }
        return (task, held)
    }
}
