import TradeStationModel

/// Creates the attempt IDs of one manager: 32 random hex digits, with the same first eight digits in every ID. The
/// manager uses this prefix to recognize its own audit rows without storing any IDs.
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
