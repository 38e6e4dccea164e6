import TradeStationModel

/// Who is looked after next, and who is at the moment. A value; it knows no clock.
struct FreshnessRota: Sendable {
    /// So many logins are looked after at once; the others wait in the order in which they are due.
    static let width = 16

    private var schedule = RefreshSchedule()
    private var inHand: Set<Login.ID> = []

    /// Whether nobody is looked after at the moment.
    var isIdle: Bool { inHand.isEmpty }

    /// When somebody can be looked after next, by the boot clock; nil while nobody waits or all places are taken.
    var nextTurn: Int64? { inHand.count < Self.width ? schedule.next : nil }

    /// Puts a login in, or moves it. One that is in hand gets its next turn when it is finished.
    mutating func plan(_ login: Login.ID, at time: Int64) {
        if !inHand.contains(login) { schedule.set(login, dueAt: time) }
    }

    /// Takes those in hand whose time has come, as far as there are places.
    mutating func takeDue(at now: Int64) -> [Login.ID] {
        var taken: [Login.ID] = []
        while inHand.count < Self.width, let login = schedule.popDue(at: now) {
            inHand.insert(login)
            taken.append(login)
        }
        return taken
    }

    /// Gives back a login that was in hand; without a next turn it is forgotten.
    mutating func finish(_ login: Login.ID, next time: Int64?) {
        inHand.remove(login)
        if let time { schedule.set(login, dueAt: time) }
    }
}
