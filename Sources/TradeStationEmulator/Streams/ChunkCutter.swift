/// Divides objects into HTTP chunks.
struct ChunkCutter: Sendable {
    /// The number of objects that were divided so far; each one is divided at a different offset.
    private var cuts = 0

    /// Returns the chunks for objects that are sent together; adds a newline to each object.
    mutating func cut(_ objects: [String], _ chunks: StreamChunks) -> [[UInt8]] {
        let lines = objects.map { Array($0.utf8) + [UInt8(ascii: "\n")] }
        switch chunks {
        case .objects: return lines
        case .several: return lines.isEmpty ? [] : [Array(lines.joined())]
        case .bytes: return lines.joined().map { [$0] }
        case .split:
            var pieces: [[UInt8]] = []
            var open: [UInt8] = []
            for line in lines {
                let offset = nextOffset(in: line.count)
                pieces.append(open + line[..<offset])
                open = Array(line[offset...])
            }
            return open.isEmpty ? pieces : pieces + [open]
        }
    }

    /// Returns the offset at which to divide the next object: after its first byte, and at the latest before its
    /// newline. The offset grows by 7 with each object, so that over time it reaches every byte of most objects.
    private mutating func nextOffset(in count: Int) -> Int {
        cuts += 1
        return 1 + (cuts * 7) % max(1, count - 1)
    }
}
