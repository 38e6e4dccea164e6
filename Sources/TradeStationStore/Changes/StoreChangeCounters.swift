import GRDB
import TradeStationModel

/// Change counters that the connections of a store advance.
protocol StoreChangeCounters: ChangeCounters {
    /// Advances the counters to what was committed, and wakes waiting tasks of this process. The caller holds the lock
    /// that keeps other writers away.
    ///
    /// It throws nothing: the commit stands even if the counters cannot be written.
    func publish(_ database: Database)
}
