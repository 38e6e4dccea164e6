import GRDB
import TradeStationModel

/// The change counters of a store in memory.
final class MemoryChangeCounters: StoreChangeCounters {
    private let page = CounterPage()
    private let signal = ChangeSignal()

    /// Does nothing: the counters can be read from the beginning.
    func watch() {}

    var head: Int64? { page[CounterPage.head] }

    func stamp(of login: Login.ID) -> ChangeStamp {
        ChangeStamp(rawValue: page[CounterPage.slot(of: login)])
    }

    var seesEveryWriter: Bool { true }

    func waitForHead(toMoveFrom head: Int64?) async {
        await signal.wait { self.head == head }
    }

    /// Does nothing: other stores share the counters.
    func close() {}

    func publish(_ database: Database) {
        if let changes = try? UnpublishedChanges(in: database, shown: head) {
            for slot in changes.slots ?? Set(1..<CounterPage.count) { page.store(changes.head, in: slot) }
            page.store(changes.head, in: CounterPage.head)
        }
        signal.send()
    }
}
