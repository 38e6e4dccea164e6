import TradeStationModel

/// The readings of both clocks of this process, in milliseconds; cheaper to take than a ``Moment``.
struct ClockReading: Sendable {
    /// The reading of the boot clock.
    let boot: Int64
    /// The reading of the wall clock.
    let wall: Int64

    /// How far the wall clock is ahead of the boot clock. It grows when the wall clock is set forward, and when a
    /// virtual machine continues after a pause.
    var lead: Int64 { wall - boot }

    /// The time on the boot clock. If the wall clock has advanced further than the boot clock since an earlier reading,
    /// the difference is added.
    ///
    /// - Parameter lead: the ``lead`` of the earlier reading.
    func time(withLead lead: Int64) -> Int64 { max(boot, wall - lead) }
}

extension TimeSource {
    /// Reads both clocks, the boot clock first. If the thread is interrupted between the two, ``ClockReading/lead`` is
    /// too large. A time that is computed with it can then be too early, but never too late.
    var reading: ClockReading {
        let boot = bootMilliseconds()
        return ClockReading(boot: boot, wall: coarseWallMilliseconds())
    }
}
