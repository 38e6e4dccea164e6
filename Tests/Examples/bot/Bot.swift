import Foundation
import TradeStationSessions

/// Buys ten shares when a price is reached: `bot PROFILE SYMBOL PRICE`. Ctrl-C is safe at any time.
@main struct Bot {
    struct Quote: Decodable { let Last: String? }  // later quotes contain only what has changed
    struct Receipt: Decodable { let OrderID, Message: String }
    struct Receipts: Decodable { let Orders: [Receipt] }
    struct Order: Encodable {
        let AccountID, Symbol: String
        let Quantity = "10", OrderType = "Market", TradeAction = "BUY", TimeInForce = ["Duration": "DAY"]
    }

    static func main() async {
        let words = CommandLine.arguments
        guard words.count == 4, let price = Double(words[3]) else { exit(64) }
        do {
            try await withSessionManager { manager in
                try await buy(words[2], at: price, manager.session(named: words[1]))
            }
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            exit(1)
        }
    }

    static func buy(_ symbol: String, at price: Double, _ session: Session) async throws {
        let accounts = try await session.accounts()
        guard let account = accounts.first(where: { $0.type == "Margin" }) else { return print("no margin account") }
        for try await event in session.stream("/v3/marketdata/stream/quotes/\(symbol)", of: Quote.self) {
            guard case .element(let quote) = event, let last = quote.Last, Double(last) ?? 0 >= price else { continue }
            let order = Order(AccountID: account.id, Symbol: symbol)
            // The order is never sent twice. If this throws `outcome_unknown`, a person must check the order.
            let answer = try await session.post("/v3/orderexecution/orders", body: order, as: Receipts.self)
            for receipt in answer.value.Orders { print("\(last): \(receipt.Message), order \(receipt.OrderID)") }
            for refusal in answer.errors { print("\(last): \(refusal.message ?? "refused")") }
            return
        }
    }
}
