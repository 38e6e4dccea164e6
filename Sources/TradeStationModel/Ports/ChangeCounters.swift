/// Counters that all writers of a store, in every process, advance with their commits. With two memory accesses, a reader
/// can tell whether the tokens that it holds are still the stored ones. A port.
///
/// The counters are a hint; the database decides. A write by this process is noticed at once, and one by another process
/// within ten milliseconds. Where they cannot be read or written, changes are noticed later, but never missed. A counter
/// is advanced after the commit, never before.
package protocol ChangeCounters: AnyObject, Sendable {
    /// Starts reading the counters; before that, every stamp is unknown. Returns at once, and does nothing once the
    /// counters can be read.
    func watch()

    /// The sequence number of the last audit row; nil while the counters cannot be read.
    var head: Int64? { get }

    /// The stamp of a login: a change of its tokens or profiles replaces it by another one. It may also change for
    /// another reason; it is ``ChangeStamp/unknown`` while the counters cannot be read.
    func stamp(of login: Login.ID) -> ChangeStamp

    /// Whether all writers are in this process, so that ``waitForHead(toMoveFrom:)`` notices every write.
    var seesEveryWriter: Bool { get }

    /// Waits until a store of this process has moved the head away from `head`, or the task is cancelled. A write by
    /// another process does not end the wait.
    func waitForHead(toMoveFrom head: Int64?) async

    /// Stops reading the counters. Further calls do nothing.
    func close()
}
