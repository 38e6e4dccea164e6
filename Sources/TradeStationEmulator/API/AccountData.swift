import Foundation

/// A user's accounts, balances and positions at one base URL, live or simulator; the values never change.
struct AccountData: Sendable {
    private struct Account: Encodable {
        let AccountID: String
        let AccountType: String
        let Currency = "USD"
        let Status = "Active"
        let AccountDetail: Detail?
    }

    private struct Detail: Encodable {
        let IsStockLocateEligible = false
        let EnrolledInRegTProgram = false
        let RequiresBuyingPowerWarning = false
        let DayTradingQualified = true
        let OptionApprovalLevel = 1
        let PatternDayTrader = false
    }

    private struct Balance: Encodable {
        let AccountID: String
        let AccountType: String
        let CashBalance = "100000.00"
        let BuyingPower = "200000.00"
        let Equity = "100000.00"
        let MarketValue = "0.00"
        let TodaysProfitLoss = "0.00"
        let UnclearedDeposit = "0.00"
    }

    private struct Balances: Encodable {
        let Balances: [Balance]
        let Errors: [PartialError]
    }

    private struct Positions: Encodable {
        let Positions: [Position]
        let Errors: [PartialError]
    }

    let ownAccounts: [String]

    init(of caller: Caller, at base: APIBase) {
        ownAccounts = caller.accounts(at: base)
    }

    var accounts: Answer {
        .json(["Accounts": ownAccounts.map(Self.account)])
    }

    func balances(_ asked: [String]) -> Answer {
        .json(
            Balances(
                Balances: asked.filter(ownAccounts.contains).map {
                    Balance(AccountID: $0, AccountType: Self.accountType($0))
                },
                Errors: errors(asked)
            )
        )
    }

    func positions(_ asked: [String], at now: Date) -> Answer {
        .json(
            Positions(
                Positions: asked.filter(ownAccounts.contains).map { Position(account: $0, at: now) },
                Errors: errors(asked)
            )
        )
    }

    /// Returns one error for each requested account that does not belong to the user.
    func errors(_ asked: [String]) -> [PartialError] {
        asked.filter { !ownAccounts.contains($0) }.map(PartialError.account)
    }

    /// The type of an account: simulator ids end in M for margin or F for futures; live ids contain only digits.
    static func accountType(_ id: String) -> String {
        id.hasSuffix("F") ? "Futures" : "Margin"
    }

    private static func account(_ id: String) -> Account {
        let type = accountType(id)
        return Account(AccountID: id, AccountType: type, AccountDetail: type == "Futures" ? nil : Detail())
    }
}
