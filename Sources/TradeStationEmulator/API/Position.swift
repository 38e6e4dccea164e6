import Foundation

/// The position of an account; each account has exactly one.
struct Position: Encodable, Sendable {
    let AccountID: String
    let AssetType: String
    let AveragePrice: String
    let Bid: String
    let Ask: String
    let Last: String
    let LongShort = "Long"
    let PositionID: String
    let Quantity = "10"
    let Symbol: String
    let Timestamp: String
    let UnrealizedProfitLoss: String

    init(account: String, step: Int = 0, at now: Date) {
        let isFutures = AccountData.accountType(account) == "Futures"
        let price = Price(of: isFutures ? "@ES" : "MSFT", step: step)
        AccountID = account
        AssetType = isFutures ? "FUTURE" : "STOCK"
        AveragePrice = price.moved(-step).text
        Bid = price.moved(-1).text
        Ask = price.moved(1).text
        Last = price.text
        PositionID = "64" + account.filter(\.isNumber)
        Symbol = price.symbol
        Timestamp = TradeStationEmulator.Timestamp.text(now)
        UnrealizedProfitLoss = Price.text(cents: 10 * step)
    }
}
