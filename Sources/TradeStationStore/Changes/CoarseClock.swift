import Foundation

/// The cheapest clock of the system. It only tells whether a few milliseconds have passed, so no test controls it.
enum CoarseClock {
    /// The current tick. A tick lasts 1 to 10 milliseconds, depending on the kernel.
    static func tick() -> Int64 {
        #if canImport(Darwin)
            Int64(bitPattern: clock_gettime_nsec_np(CLOCK_UPTIME_RAW_APPROX))
        #else
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
            return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        #endif
    }
}
