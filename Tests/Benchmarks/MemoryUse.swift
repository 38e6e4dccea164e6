import AllocationCounter
import Foundation

/// The memory of this process, in bytes.
struct MemoryUse: Sendable {
    /// What malloc has given out.
    let allocated: Double
    /// What is in the machine's memory. It grows by less where pages are filled up that were in use before.
    let resident: Double
    /// What there are addresses for.
    let virtual: Double

    /// As it is now, with what is free given back.
    ///
    /// - Throws: ``BenchmarkFailure``.
    static func now() throws -> MemoryUse {
        return_free_memory()
        let path = "/proc/self/status"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        func bytes(_ name: String) throws -> Double {
            guard let words = lines.first(where: { $0.hasPrefix(name + ":") })?.split(whereSeparator: \.isWhitespace),
                words.count == 3, let kilobytes = Double(words[1])
            else { throw BenchmarkFailure.unreadable(path) }
            return kilobytes * 1024
        }
        return MemoryUse(
            allocated: Double(allocated_bytes()),
            resident: try bytes("VmRSS"),
            virtual: try bytes("VmSize")
        )
    }
}
