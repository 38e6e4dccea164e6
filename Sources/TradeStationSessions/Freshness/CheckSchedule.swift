import TradeStationModel

/// The time of the next check of a login, and the result of the last one.
struct CheckSchedule: Sendable {
    /// When the next check starts, by the boot clock; nil when no check is scheduled.
    private var scheduledAt: Int64?
    private var isRunning = false
    private var failure: AccountsError.Code?

    /// Schedules the next check. Returns false if nothing changes, and also while a check runs: the running check
    /// schedules the next one itself.
    mutating func schedule(at time: Int64) -> Bool {
        guard !isRunning, scheduledAt != time else { return false }
        scheduledAt = time
        return true
    }

    /// Starts the check that was scheduled for `time`. Returns false if another time has been scheduled since.
    mutating func start(scheduledAt time: Int64) -> Bool {
        guard !isRunning, scheduledAt == time else { return false }
        scheduledAt = nil
        isRunning = true
        return true
    }

    /// Ends the running check.
    mutating func end() { isRunning = false }

    /// Records why the login cannot be kept fresh; nil means that it can. Returns whether the value has changed.
    mutating func recordFailure(_ code: AccountsError.Code?) -> Bool {
        guard failure != code else { return false }
        failure = code
        return true
    }
}
