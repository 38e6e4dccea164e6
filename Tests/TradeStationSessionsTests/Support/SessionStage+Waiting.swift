@testable import TradeStationSessions
@testable import TradeStationTesting

/// What tests wait for inside a manager. No other file of these tests looks at its flights.
extension SessionStage {
    /// Returns once no refresh of the session's login is in flight in the session's manager.
    func waitForRefresh(of session: Session) async {
        while let flight = await session.manager.airborne[session.profile.login.id] { await flight.task.value }
    }

    /// Returns once this many callers wait for the refresh of the session's login that is in flight.
    ///
    /// - Throws: ``NotInTime``. A flight has no event for a caller that joins it.
    func waitForCallers(_ count: Int, of session: Session) async throws {
        try await eventually {
            await session.manager.airborne[session.profile.login.id]?.flight.waiterCount == count
        }
    }
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

/// Waits until `holds` is true, for five seconds at most.
///
/// Only for what gives no event to wait for: the kernel's lists of descriptors and connections, the end of an object's
/// life, and callers who join a flight.
func eventually(_ holds: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(5)
    while try await !holds() {
        guard ContinuousClock.now < end else { throw NotInTime() }
        await Task.yield()
    }
}
