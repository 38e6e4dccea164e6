public import TradeStationEmulator
public import TradeStationModel
public import TradeStationSessions

/// What a test of a trading program needs: a session manager with profiles that are signed in, the emulator that they
/// are signed in at, and the one clock that both live by. Made by
/// ``withTradeStation(profiles:emulator:clock:configure:_:)``.
public struct EmulatedTradeStation: Sendable {
    /// Hands out the sessions.
    public let manager: SessionManager
    /// Sign-in server, API and streams: what it was asked, what it shall do wrong, what streams shall send.
    public let emulator: Emulator
    /// The clock of both.
    public let clock: TestClock
    /// How ``manager`` was opened. Another one that is opened with it shares the store, as another process would.
    public let configuration: SessionConfiguration

    /// Adds a profile: on the login of another profile of its user, else with a whole sign-in.
    ///
    /// - Throws: ``AccountsError`` as ``ProfileRegistry/add(_:interaction:)``; `usage` for a user whom the emulator does
    ///   not know.
    @discardableResult
    public func add(_ profile: TestProfile) async throws -> ProfileRecord {
        let signIn = try EmulatedSignIn(at: emulator.addresses, as: profile.username)
        let companion = try await manager.registry.profiles().first { $0.login.identity.subject == signIn.user.subject }
        return try await manager.registry.add(
            ProfileRequest(
                name: ProfileName(profile.name),
                environment: profile.environment,
                apiVersion: profile.apiVersion,
                apiURL: EndpointURL(
                    profile.environment == .live ? emulator.addresses.liveURL : emulator.addresses.simURL
                ),
                isReadOnly: profile.isReadOnly,
                accounts: profile.accounts,
                source: companion.map { .sameLogin(as: $0.profile.name) } ?? .key(signIn.key)
            ),
            interaction: signIn.interaction()
        )
    }

    /// Lets the user of a profile sign in again, as `tsaccounts login` would: the way back after
    /// ``Emulator/revokeAll()``.
    ///
    /// - Throws: ``AccountsError`` as ``ProfileRegistry/signIn(_:interaction:)``.
    public func signIn(_ name: String) async throws {
        let record = try await manager.registry.profile(named: ProfileName(name))
        let signIn = try EmulatedSignIn(at: emulator.addresses, as: record.login.identity.username)
        _ = try await manager.registry.signIn(record.profile.name, interaction: signIn.interaction())
    }

    /// Lets time pass as it really does, for programs that run meanwhile: from heartbeat to heartbeat, with a stop
    /// wherever somebody wakes. After each step streams hear what is due, and the next one comes when whoever woke sleeps
    /// again and whoever waited for an answer has it; at the latest after two seconds of real time.
    ///
    /// - Throws: `CancellationError`.
    public func pass(_ duration: Duration) async throws {
        let end = clock.bootMilliseconds() + duration.wholeMilliseconds
        while clock.bootMilliseconds() < end {
            let count = clock.sleeperCount(otherThan: limits)
            let next = clock.rest(ofSleepsBelow: .max) ?? .max
            let woken = clock.move(byMilliseconds: min(end - clock.bootMilliseconds(), step, next))
            // Who has waited in vain tries again after a pause.
            try await settle(sleepers: count + woken.count(where: limits.contains))
        }
    }

    /// Milliseconds until a stream may have something to say; heartbeats are due every five seconds unless set otherwise
    /// (OpenAPI file, `Heartbeat`).
    private var step: Int64 {
        let settings = emulator.settings
        let seconds = [settings.heartbeatSeconds, settings.streamSeconds].filter { $0 > 0 }.min() ?? 5
        return max(1, Int64(seconds * 1000))
    }

    /// Who sleeps so long waits for an answer: a caller, or a stream for its next byte.
    private var limits: Set<Int64> { [configuration.timeout.wholeMilliseconds, 30_000] }

    /// Returns when nobody waits any more for what began before now, and so many sleep for anything else.
    private func settle(sleepers count: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { [clock, limits] group in
            group.addTask { try await clock.waitUntilSettled(sleepers: count, limits: limits) }
            group.addTask { try await SystemClock().sleep(milliseconds: Self.patience) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static let patience: Int64 = 2000
}
