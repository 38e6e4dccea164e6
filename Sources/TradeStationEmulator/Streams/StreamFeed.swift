import Foundation

/// The objects that a stream sends automatically; each differs from the previous one.
struct StreamFeed: Sendable {
    let subject: StreamSubject
    private var step = 0

    init(_ subject: StreamSubject) {
        self.subject = subject
    }

    /// Returns the next object; nil for order streams, which send something only when an order is placed or changed.
    mutating func next(at now: Date) -> String? {
        step += 1
        switch subject {
        case .quotes(let symbols):
            guard !symbols.isEmpty else { return nil }
            return JSONText.encode(Quote(change: step, of: symbols[step % symbols.count], at: now))
        case .bars(let symbol), .tickBars(let symbol):
            return JSONText.encode(Bar(symbol: symbol, endingAt: now, step: step, isOpen: true))
        case .positions(let accounts):
            guard !accounts.isEmpty else { return nil }
            return JSONText.encode(Position(account: accounts[step % accounts.count], step: step, at: now))
        case .orders: return nil
        }
    }
}
