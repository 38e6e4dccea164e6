/// Divides objects into HTTP chunks.
struct ChunkCutter: Sendable {
    /// The number of divided objects; each one is divided at another byte.
    private var cuts = 0

    /// The chunks for objects that are sent together; each object ends with a newline.
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
                let border = border(in: line.count)
                pieces.append(open + line[..<border])
                open = Array(line[border...])
            }
            return open.isEmpty ? pieces : pieces + [open]
        }
    }

    /// The byte at which to divide an object: after the first byte and before the newline. With a step of 7, the border
    /// visits every byte of most objects.
    private mutating func border(in count: Int) -> Int {
        cuts += 1
        return 1 + (cuts * 7) % max(1, count - 1)
    }
}
