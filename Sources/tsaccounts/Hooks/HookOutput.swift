import TradeStationSessions

/// The output of a hook's command, as lines for the log: a limited number of limited lines.
struct HookOutput {
    static let maximumLines = 50
    static let maximumLineLength = 500

    private var partial: [UInt8] = []
    private var count = 0

    /// Adds output.
    ///
    /// - Returns: The lines that are complete now.
    mutating func add(_ bytes: some Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == 0x0A {
                lines += takeLine()
            } else if partial.count < Self.maximumLineLength * 4 {
                partial.append(byte)
            }
        }
        return lines
    }

    /// The last line, if it does not end with a line break, and a note if lines were left out.
    mutating func finish() -> [String] {
        var lines = partial.isEmpty ? [] : takeLine()
        if count > Self.maximumLines { lines.append("… (\(count - Self.maximumLines) more lines)") }
        return lines
    }

    private mutating func takeLine() -> [String] {
        defer { partial = [] }
        count += 1
        guard count <= Self.maximumLines else { return [] }
        return [String(decoding: partial, as: UTF8.self).printable(limit: Self.maximumLineLength)]
    }
}
