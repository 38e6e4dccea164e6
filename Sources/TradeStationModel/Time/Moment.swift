/// A point in time on both clocks: the wall clock for people and other boots, the boot clock for this one.
public struct Moment: Hashable, Sendable {
    /// The wall clock.
    public let wall: Timestamp
    /// Names the boot that `bootMilliseconds` counts from.
    public let bootID: String
    /// Milliseconds since boot, suspend included.
    public let bootMilliseconds: Int64

    /// A point in time on both clocks.
    public init(wall: Timestamp, bootID: String, bootMilliseconds: Int64) {
        self.wall = wall
        self.bootID = bootID
        self.bootMilliseconds = bootMilliseconds
    }

    /// The moment `milliseconds` later; the furthest there is, where that is beyond it.
    public func advanced(byMilliseconds delta: Int64) -> Moment {
        let (boot, isBeyond) = bootMilliseconds.addingReportingOverflow(delta)
        return Moment(
            wall: wall.advanced(byMilliseconds: delta),
            bootID: bootID,
            bootMilliseconds: isBeyond ? (delta < 0 ? .min : .max) : boot
        )
    }

    /// Milliseconds from `now` until this moment; negative once it has passed.
    ///
    /// Within one boot the boot clock decides, so that a stepped wall clock neither revives nor kills a token.
    public func milliseconds(after now: Moment) -> Int64 {
        guard bootID == now.bootID else { return wall.milliseconds - now.wall.milliseconds }
        let (difference, isBeyond) = bootMilliseconds.subtractingReportingOverflow(now.bootMilliseconds)
        return isBeyond ? (bootMilliseconds < 0 ? .min : .max) : difference
    }
}
