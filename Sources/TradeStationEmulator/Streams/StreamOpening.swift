import Foundation

/// The first objects of a stream: history, a snapshot or errors.
struct StreamOpening: Sendable {
    let subject: StreamSubject
    /// The user's accounts on this base URL.
    let ownAccounts: [String]
    /// The orders of the requested accounts.
    let orders: [EmulatedOrder]
    let bars: BarRequest?

    /// The errors in the request; a stream with errors sends only them and ends.
    private var errors: [PartialError] {
        switch subject {
        case .quotes(let symbols): symbols.filter { !MarketData.knows($0) }.map(PartialError.symbol)
        case .bars(let symbol), .tickBars(let symbol):
            MarketData.knows(symbol) ? [] : [PartialError.symbol(symbol)]
        case .orders(let accounts, let ids):
            accounts.filter { !ownAccounts.contains($0) }.map(PartialError.account)
                + (ids ?? []).filter { id in !orders.contains { $0.orderID == id } }.map(PartialError.order)
        case .positions(let accounts): accounts.filter { !ownAccounts.contains($0) }.map(PartialError.account)
        }
    }

    var isRefused: Bool { !errors.isEmpty }

    func objects(at now: Date) -> [String] {
        if isRefused { return errors.map { JSONText.encode($0) } }
        let endSnapshot = JSONText.encode(["StreamStatus": "EndSnapshot"])
        switch subject {
        case .quotes(let symbols): return symbols.map { JSONText.encode(Quote($0, at: now)) }
        case .bars, .tickBars: return (bars?.history(at: now, marksEnd: true) ?? []).map { JSONText.encode($0) }
        case .orders(_, let ids):
            let shown = orders.filter { ids?.contains($0.orderID) ?? true }
            return shown.map { JSONText.encode(OrderText($0)) } + [endSnapshot]
        case .positions(let accounts):
            return accounts.map { JSONText.encode(Position(account: $0, at: now)) } + [endSnapshot]
        }
    }
}
