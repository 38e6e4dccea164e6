/// Counters that every writer of a store, in any process, advances after a commit. With two memory accesses, a reader can
/// tell whether the tokens that it holds are still the stored ones. Each kind of store has its own implementation.
///
/// The counters are a hint; the database decides. A write by this process is noticed at once, and one by another
/// process within ten milliseconds. Where the counters cannot be read or written, changes are noticed later, but never
/// missed.
package protocol ChangeCounters: AnyObject, Sendable {
    /// Starts reading the counters; before that, every stamp is unknown. Returns at once, and does nothing if
    /// the counters can already be read.
    func watch()

    /// The sequence number of the last audit row; nil while the counters cannot be read.
    var head: Int64? { get }

    /// Returns the change stamp of a login. The stamp changes whenever the login's tokens or profiles change, and
    /// sometimes for another reason. It is ``ChangeStamp/unknown`` while the counters cannot be read.
    func stamp(of login: Login.ID) -> ChangeStamp

    /// Whether all writers are in this process, so that ``waitForHead(toMoveFrom:)`` notices every write.
    var seesEveryWriter: Bool { get }

    /// Waits until a write by this process has changed ``head`` from the given value, or the task is cancelled. A write
    /// by another process does not end the wait.
    func waitForHead(toMoveFrom head: Int64?) async

    /// Stops reading the counters. Further calls do nothing.
    func close()
}
