import Foundation
public import TradeStationModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The clocks of this machine.
public struct SystemClock: TimeSource {
    /// Identifies the current boot of this machine, and the time namespace, which has a boot clock of its own
    /// (`time_namespaces(7)`). Empty if the boot cannot be identified.
    public let bootID: String

    /// A clock. Reads the boot id once.
    public init() {
        bootID = Self.readBootID()
    }

    /// Milliseconds since boot. Includes time in suspend; steps of the wall clock do not affect it.
    public func bootMilliseconds() -> Int64 {
        #if canImport(Darwin)
            Self.read(CLOCK_MONOTONIC_RAW)
        #else
            Self.read(CLOCK_BOOTTIME)
        #endif
    }

    /// The wall clock.
    public func wallTime() -> Timestamp {
        Timestamp(milliseconds: Self.read(CLOCK_REALTIME))
    }

    /// The wall clock as of the last tick of the system, at most ten milliseconds ago.
    public func coarseWallMilliseconds() -> Int64 {
        #if canImport(Darwin)
            Self.read(CLOCK_REALTIME)
        #else
            Self.read(CLOCK_REALTIME_COARSE)
        #endif
    }

    /// Waits on a clock that includes time in suspend.
    public func sleep(milliseconds: Int64) async throws {
        try await Task.sleep(for: Duration.milliseconds(milliseconds), clock: .continuous)
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private static func readBootID() -> String {
        #if canImport(Darwin)
            var size = 0
            sysctlbyname("kern.bootsessionuuid", nil, &size, nil, 0)
            var buffer = [UInt8](repeating: 0, count: size)
            sysctlbyname("kern.bootsessionuuid", &buffer, &size, nil, 0)
            return String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
        #else
            let text = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
            guard let id = UUID(uuidString: text.trimmingCharacters(in: .whitespacesAndNewlines)) else { return "" }
            let namespace = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/time")
            return [id.uuidString.lowercased(), namespace].compactMap { $0 }.joined(separator: " ")
        #endif
    }
}
