import TradeStationModel

@testable import TradeStationSessions
@testable import TradeStationTesting

// Everything that tests have to know of a manager's flights and turns. No other file of these tests looks at them.

extension SessionStage {
    /// Returns once no refresh of the session's login is in flight in the session's manager.
    func waitForRefresh(of session: Session) async {
        while let (_, task) = session.login.flight { await task.value }
    }

    /// Returns once this many callers wait for the refresh of the session's login that is in flight.
    ///
    /// - Throws: ``NotInTime``. A flight has no event for a caller that joins it.
    func waitForCallers(_ count: Int, of session: Session) async throws {
        try await eventually { session.login.flight?.0.waiterCount == count }
    }
}

extension SessionManager {
    /// Whether `run()` has nothing to do before the clock moves.
    ///
    /// - Parameter time: milliseconds since boot. The manager's own clock is not read, for that wakes the tests that listen
    ///   to it.
    nonisolated func isResting(at time: Int64) -> Bool {
        services.keeper.isResting(at: time)
    }

    /// The logins on which a session is open.
    nonisolated var openLogins: [Login.ID] { logins.all.map(\.id) }
}

extension TestClock {
    /// Returns once at least this many tasks sleep.
    func waitForSleepers(_ count: Int) async throws {
        try await waitUntilSettled(sleepers: count, limits: [])
    }

    /// Returns once a task sleeps for another time than this.
    func waitForSleeper(otherThan duration: Duration) async throws {
        try await waitUntilSettled(sleepers: 1, limits: [Int64(duration / .milliseconds(1))])
    }
}

/// A condition that did not become true.
struct NotInTime: Error {}

/// Waits until `holds` is true, for thirty seconds at most.
///
/// Only for what gives no event to wait for: the kernel's lists of descriptors and connections, the end of an object's
/// life, and callers who join a flight.
func eventually(_ holds: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while try await !holds() {
        guard ContinuousClock.now < end else { throw NotInTime() }
        await Task.yield()
    }
}
