import HeapModule
import TradeStationModel

/// The turns in which logins are looked after, earliest first, a few at a time. A value without clock.
///
/// A login that is planned anew gets another entry; ``LoginTokens/beginTurn(plannedAt:)`` tells which one counts.
struct TurnQueue: Sendable {
    struct Turn: Comparable, Sendable {
        /// By the boot clock.
        let at: Int64
        let login: Login.ID

        static func < (left: Turn, right: Turn) -> Bool {
            (left.at, left.login.rawValue) < (right.at, right.login.rawValue)
        }
    }

    /// This many logins are looked after at once; the others wait in the order in which they are due.
    static let width = 16

    private var turns = Heap<Turn>()
    /// How many turns are under way.
    private(set) var underWay = 0

    /// When the next turn can begin, by the boot clock; nil when none is planned or all places are taken.
    var next: Int64? { underWay < Self.width ? turns.min?.at : nil }

    mutating func add(_ turn: Turn) { turns.insert(turn) }

    /// Takes out the turn that has been due the longest; nil when none is due or all places are taken.
    mutating func popDue(at now: Int64) -> Turn? {
        guard let next, next <= now else { return nil }
        return turns.popMin()
    }

    mutating func noteBegin() { underWay += 1 }

    mutating func noteEnd() { underWay -= 1 }

    mutating func removeAll() { self = TurnQueue() }
}
