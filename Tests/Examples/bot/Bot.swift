import Foundation
import TradeStationSessions

/// Buys ten shares once a price is reached: `bot PROFILE SYMBOL PRICE`. Ctrl-C is safe at any moment.
@main struct Bot {
    struct Quote: Decodable { let Last: String? }  // after the first quote only what changed is sent
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
            // It is never sent twice: `outcome_unknown`, if that is thrown, is for a person to look into.
            let answer = try await session.post("/v3/orderexecution/orders", body: order, as: Receipts.self)
            for receipt in answer.value.Orders { print("\(last): \(receipt.Message), order \(receipt.OrderID)") }
            for refusal in answer.errors { print("\(last): \(refusal.message ?? "refused")") }
            return
        }
    }
}
