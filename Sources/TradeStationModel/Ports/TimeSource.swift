/// A source of time: the system's clocks, or a clock that a test controls.
public protocol TimeSource: Sendable {
    /// An id of the current boot of this machine. Readings of the boot clock can be compared only within one boot. Empty
    /// if the boot cannot be identified; two empty ids do not name the same boot.
    var bootID: String { get }

    /// Returns the milliseconds since boot, including time spent suspended. Setting the wall clock does not change them.
    func bootMilliseconds() -> Int64

    /// Returns the time of the wall clock.
    func wallTime() -> Timestamp

    /// Returns the time of the wall clock in milliseconds since 1970. The call is as cheap as possible, and its result
    /// may be some milliseconds late. Callers use only the difference of two results, to notice that the wall clock was
    /// set or that the machine was paused.
    func coarseWallMilliseconds() -> Int64

    /// Suspends the current task for at least the given time.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(milliseconds: Int64) async throws

    /// Suspends the current task for at least the given time, as one part of a longer sleep of `whole` milliseconds.
    /// Between the parts, the task does nothing but read the clocks. A test clock treats all parts as one long sleep.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(milliseconds: Int64, of whole: Int64) async throws
}

extension TimeSource {
    /// The time of ``wallTime()``.
    public func coarseWallMilliseconds() -> Int64 { wallTime().milliseconds }

    /// Suspends the current task like ``sleep(milliseconds:)``.
    public func sleep(milliseconds: Int64, of whole: Int64) async throws {
        try await sleep(milliseconds: milliseconds)
    }

    /// Returns the readings of both clocks.
    package func now() -> Moment {
        Moment(wall: wallTime(), bootID: bootID, bootMilliseconds: bootMilliseconds())
    }
}
