import TradeStationModel

/// The readings of both clocks of this process, in milliseconds; cheaper to take than a ``Moment``.
struct ClockReading: Sendable {
    /// By the boot clock.
    let boot: Int64
    /// By the wall clock.
    let wall: Int64

    /// How far the wall clock is ahead of the boot clock. It grows when the wall clock is set forward, which is also how
    /// the end of a pause of a virtual machine shows.
    var lead: Int64 { wall - boot }

    /// The time on the boot clock, plus the time that only the wall clock has counted since it was ahead by `lead`.
    func time(withLead lead: Int64) -> Int64 { max(boot, wall - lead) }
}

extension TimeSource {
    /// Reads both clocks. The boot clock comes first: then a thread that is interrupted in between reads a lead that is
    /// too large, which never makes time pass too fast.
    var reading: ClockReading {
        let boot = bootMilliseconds()
        return ClockReading(boot: boot, wall: coarseWallMilliseconds())
    }
}
