import AllocationCounter
import Foundation

/// The memory of this process, in bytes.
struct MemoryUse: Sendable {
    /// The bytes that malloc has allocated.
    let allocated: Double
    /// The resident memory. It grows by less if free space in used pages is filled first.
    let resident: Double
    /// The virtual memory.
    let virtual: Double

    /// The current use, after free memory was returned to the system.
    ///
    /// - Throws: ``BenchmarkFailure``.
    static func now() throws -> MemoryUse {
        return_free_memory()
        let path = "/proc/self/status"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        func bytes(_ name: String) throws -> Double {
            guard let words = lines.first(where: { $0.hasPrefix(name + ":") })?.split(whereSeparator: \.isWhitespace),
                words.count == 3, let kilobytes = Double(words[1])
            else { throw BenchmarkFailure.unexpectedContent(path) }
            return kilobytes * 1024
        }
        return MemoryUse(
            allocated: Double(allocated_bytes()),
            resident: try bytes("VmRSS"),
            virtual: try bytes("VmSize")
        )
    }
}
