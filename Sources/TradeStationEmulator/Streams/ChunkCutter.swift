/// Cuts objects into chunks.
struct ChunkCutter: Sendable {
    /// Moves the border within the next object.
    private var cuts = 0

    /// The chunks of objects that are sent together, each object ending in a newline.
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

    /// Before the newline at the latest, after the first byte at the earliest; 7 visits every byte of most objects.
    private mutating func border(in count: Int) -> Int {
        cuts += 1
        return 1 + (cuts * 7) % max(1, count - 1)
    }
}
