/// Where the time comes from. A port: the real clock lives at the edge, tests bring their own.
public protocol TimeSource: Sendable {
    /// Names the boot of this machine; boot-clock readings of different boots cannot be compared.
    var bootID: String { get }

    /// Milliseconds since boot, counting time spent suspended. Steps of the wall clock do not move it.
    func bootMilliseconds() -> Int64

    /// The wall clock.
    func wallTime() -> Timestamp

    /// Waits.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(milliseconds: Int64) async throws
}

extension TimeSource {
    /// Both clocks, read together.
    public func now() -> Moment {
        Moment(wall: wallTime(), bootID: bootID, bootMilliseconds: bootMilliseconds())
    }
}
