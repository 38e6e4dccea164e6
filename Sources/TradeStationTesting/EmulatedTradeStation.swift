public import TradeStationEmulator
public import TradeStationModel
public import TradeStationSessions

/// The environment for a test of a trading program: a session manager with signed-in profiles, the emulator, and the
/// clock that both use.
///
/// ``withTradeStation(profiles:emulator:clock:configure:_:)`` creates it.
public struct EmulatedTradeStation: Sendable {
    /// The session manager.
    public let manager: SessionManager
    /// The emulator of TradeStation's sign-in server, API and streams. A test uses it to count requests, inject faults
    /// and control streams.
    public let emulator: Emulator
    /// The clock of manager and emulator.
    public let clock: TestClock
    /// The configuration of ``manager``. Another manager with this configuration shares the store, like another process.
    public let configuration: SessionConfiguration

    /// Adds a profile. It shares the login of the user's other profiles; the user's first profile signs in.
    ///
    /// - Throws: ``AccountsError`` as ``ProfileRegistry/add(_:interaction:)``; `usage` if the emulator does not have the
    ///   user.
    @discardableResult
    public func add(_ profile: TestProfile) async throws -> ProfileRecord {
        let signIn = try EmulatedSignIn(at: emulator.addresses, as: profile.username)
        let existing = try await profiles().first { $0.login.identity.subject == signIn.user.subject }
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
                source: existing.map { .sameLogin(as: $0.name) } ?? .key(signIn.key)
            ),
            interaction: signIn.interaction()
        )
    }

    /// The profiles; none while there is no store, which adding the first one creates.
    private func profiles() async throws -> [ProfileRecord] {
        do {
            return try await manager.registry.profiles()
        } catch let error as AccountsError where error.code == .storeMissing {
            return []
        }
    }

    /// Signs the user of a profile in again, like `tsaccounts login`, for example after ``Emulator/revokeAll()``.
    ///
    /// - Throws: ``AccountsError`` as ``ProfileRegistry/signIn(_:interaction:)``.
    public func signIn(_ name: String) async throws {
        let record = try await manager.registry.profile(named: ProfileName(name))
        let signIn = try EmulatedSignIn(at: emulator.addresses, as: record.login.identity.username)
        _ = try await manager.registry.signIn(record.name, interaction: signIn.interaction())
    }

    /// Lets time pass in small steps while programs run.
    ///
    /// Each step ends at the next heartbeat or when a sleeping task wakes. After each step, streams send the objects
    /// and heartbeats that are due. The next step starts once every task that was woken is asleep again and all pending
    /// requests have been answered, but at the latest after two seconds of real time.
    ///
    /// - Throws: `CancellationError`.
    public func pass(_ duration: Duration) async throws {
        let end = clock.bootMilliseconds() + duration.wholeMilliseconds
        while clock.bootMilliseconds() < end {
            let count = clock.sleeperCount(otherThan: timeLimits)
            let next = clock.millisecondsUntilWake(ofSleepsBelow: .max) ?? .max
            let woken = clock.move(byMilliseconds: min(end - clock.bootMilliseconds(), stepMilliseconds, next))
            // A task whose time limit has passed retries after a pause, so it sleeps again.
            try await settle(sleepers: count + woken.count(where: timeLimits.contains))
        }
    }

    /// The shortest interval at which streams send something, in milliseconds. By default, this is the interval of the
    /// heartbeats: five seconds (OpenAPI file, `Heartbeat`).
    private var stepMilliseconds: Int64 {
        let settings = emulator.settings
        let seconds = [settings.heartbeatSeconds, settings.streamSeconds].filter { $0 > 0 }.min() ?? 5
        return max(1, Int64(seconds * 1000))
    }

    /// The durations, in milliseconds, of sleeps that are time limits: for the answer to a call, and for the next byte
    /// of a stream.
    private var timeLimits: Set<Int64> { [configuration.timeout.wholeMilliseconds, 30_000] }

    /// Waits until `count` tasks sleep for durations that are not in ``timeLimits``, and every other sleep started at
    /// the current time; at most for two seconds of real time.
    private func settle(sleepers count: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { [clock, timeLimits] group in
            group.addTask { try await clock.waitUntilSettled(sleepers: count, limits: timeLimits) }
            group.addTask { try await SystemClock().sleep(milliseconds: Self.settleMilliseconds) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private static let settleMilliseconds: Int64 = 2000
}
