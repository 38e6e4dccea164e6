/// A point in time on two clocks. The boot clock cannot be set, but its readings are valid within one boot only; the
/// wall clock is used across boots and shown to users.
///
/// Neither clock is always right. The boot clock stands still while a virtual machine is paused, and some machines give
/// every boot the same id; the wall clock can be set. Therefore the time left until a moment is measured with both
/// clocks, and the shorter result counts.
package struct Moment: Hashable, Sendable {
    /// The time of the wall clock.
    package let wall: Timestamp
    /// The id of the boot that `bootMilliseconds` counts from.
    package let bootID: String
    /// Milliseconds since boot, including time spent suspended.
    package let bootMilliseconds: Int64

    /// Creates a moment from the readings of both clocks.
    package init(wall: Timestamp, bootID: String, bootMilliseconds: Int64) {
        self.wall = wall
        self.bootID = bootID
        self.bootMilliseconds = bootMilliseconds
    }

    /// Returns the moment `delta` milliseconds later, but never later than the last moment that can be represented.
    package func advanced(byMilliseconds delta: Int64) -> Moment {
        let (boot, isBeyond) = bootMilliseconds.addingReportingOverflow(delta)
        return Moment(
            wall: wall.advanced(byMilliseconds: delta),
            bootID: bootID,
            bootMilliseconds: isBeyond ? (delta < 0 ? .min : .max) : boot
        )
    }

    /// Returns how much is left, at `now`, of a period of `whole` milliseconds that ends at this moment; 0 or less once
    /// it has ended.
    ///
    /// If more than the whole period seems to be left, the clock was set back, or this moment was recorded in another
    /// boot or on another machine. Then it is unknown how much is left, and the result is 0 or less.
    package func rest(of whole: Int64, at now: Moment) -> Int64 {
        let wallRest = wall.milliseconds - now.wall.milliseconds
        let bootRest = bootMilliseconds(after: now) ?? wallRest
        return max(wallRest, bootRest) <= whole ? min(wallRest, bootRest) : min(wallRest, bootRest, 0)
    }

    /// The difference of the boot clocks; nil if the two moments are from different boots, or may be.
    private func bootMilliseconds(after now: Moment) -> Int64? {
        guard bootID == now.bootID, Self.identifiesBoot(bootID) else { return nil }
        let (difference, isBeyond) = bootMilliseconds.subtractingReportingOverflow(now.bootMilliseconds)
        return isBeyond ? (bootMilliseconds < 0 ? .min : .max) : difference
    }

    /// Whether a boot id identifies a boot. The id is empty if the machine has none that can be read; earlier versions
    /// wrote "unknown".
    private static func identifiesBoot(_ id: String) -> Bool { !id.isEmpty && id != "unknown" }
}
