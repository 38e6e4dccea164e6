import TradeStationModel

/// Names the attempts of one manager: 32 random hex digits, of which the first eight are the same for all of them. So it
/// knows its own rows in the audit again and has to remember none.
struct AttemptIDs: Sendable {
    private let prefix: String
    private let random: RandomSource

    init(random: RandomSource) {
        self.random = random
        prefix = random.hex(bytes: 4)
    }

    func next() -> String { prefix + random.hex(bytes: 12) }

    /// Whether an attempt is one of this manager's.
    func include(_ id: String) -> Bool { id.hasPrefix(prefix) }
}
