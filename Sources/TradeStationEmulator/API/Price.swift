/// A price computed from a symbol's name and a step number; each step adds one cent.
struct Price: Sendable, Equatable {
    let symbol: String
    private let cents: Int

    init(of symbol: String, step: Int = 0) {
        self.symbol = symbol
        // FNV-1a, because the standard library's hash differs between runs.
        let hash = symbol.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        cents = 5000 + Int(hash % 45000) + step
    }

    private init(symbol: String, cents: Int) {
        self.symbol = symbol
        self.cents = cents
    }

    /// The price as TradeStation sends it: as a string.
    var text: String { Self.text(cents: cents) }

    func moved(_ steps: Int) -> Price {
        Price(symbol: symbol, cents: cents + steps)
    }

    static func text(cents: Int) -> String {
        let rest = abs(cents) % 100
        return "\(cents < 0 ? "-" : "")\(abs(cents) / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
