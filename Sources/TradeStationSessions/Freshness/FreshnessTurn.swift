import TradeStationModel

/// When a login is looked after next, and how that went last.
struct FreshnessTurn: Sendable {
    /// By the boot clock; nil when no turn is planned.
    private var plannedAt: Int64?
    private var isUnderWay = false
    private var trouble: AccountsError.Code?

    /// Plans the next turn; false while one is under way.
    mutating func plan(at time: Int64) -> Bool {
        guard !isUnderWay else { return false }
        plannedAt = time
        return true
    }

    /// Begins the turn that was planned for `time`; false when another time was planned since.
    mutating func begin(plannedAt time: Int64) -> Bool {
        guard !isUnderWay, plannedAt == time else { return false }
        plannedAt = nil
        isUnderWay = true
        return true
    }

    mutating func end() { isUnderWay = false }

    /// Notes why the login cannot be kept fresh, nil when it can; true when that has changed.
    mutating func noteTrouble(_ code: AccountsError.Code?) -> Bool {
        guard trouble != code else { return false }
        trouble = code
        return true
    }
}
