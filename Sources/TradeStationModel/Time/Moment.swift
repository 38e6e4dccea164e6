/// A point in time on two clocks. The boot clock cannot be set, but its readings are valid within one boot only; the
/// wall clock is used across boots and shown to users.
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

    /// Returns the milliseconds from `now` until this moment; negative once it has passed.
    ///
    /// Within one boot the boot clock decides, so that setting the wall clock does not change when a token expires.
    package func milliseconds(after now: Moment) -> Int64 {
        guard bootID == now.bootID else { return wall.milliseconds - now.wall.milliseconds }
        let (difference, isBeyond) = bootMilliseconds.subtractingReportingOverflow(now.bootMilliseconds)
        return isBeyond ? (bootMilliseconds < 0 ? .min : .max) : difference
    }
}
