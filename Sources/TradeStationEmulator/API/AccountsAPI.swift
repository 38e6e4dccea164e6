/// The part of TradeStation's API that knows accounts: live and simulator, v3 and a little of v2.
struct AccountsAPI: Sendable {
    /// The two base URLs. Both take the same access tokens; v2 exists on the live one only.
    enum Base: String, Sendable {
        case live, sim
    }

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

    private struct AccountError: Encodable {
        let AccountID: String
        let Error = "Forbidden"
        let Message = "Invalid Account ID."
    }

    private struct Balances: Encodable {
        let Balances: [Balance]
        let Errors: [AccountError]
    }

    private struct Symbol: Encodable {
        let Name: String
        let Description: String
    }

    /// At most this many accounts in one request (TradeStation's OpenAPI file).
    static let maximumAccounts = 25

    let base: Base
    /// The path's pieces after the base URL.
    let path: [String]
    let method: String

    private var isVersion2: Bool { path.first == "v2" }

    /// Answers a request; `grant` is what its bearer token allows, nil without a living token.
    func answer(grant: AccessGrant?) -> Answer {
        guard path.first == "v3" || (path.first == "v2" && base == .live) else {
            return failure(404, "The resource cannot be found.")
        }
        guard let grant else { return failure(401, "The access token is missing, unknown or expired.") }
        guard method == "GET" else { return failure(405, "The method \(method) is not allowed here.") }
        switch (path.count, path.dropFirst().joined(separator: "/")) {
        case (3, "brokerage/accounts"):
            return require("ReadAccount", of: grant) { .json(["Accounts": accountIDs(of: grant.user).map(account)]) }
        case (5, let rest) where rest.hasPrefix("brokerage/accounts/") && path[4] == "balances":
            return require("ReadAccount", of: grant) { balances(path[3], of: grant.user) }
        case (5, let rest) where isVersion2 && rest.hasPrefix("data/symbols/suggest/"):
            return require("MarketData", of: grant) { .json([Symbol(Name: path[4], Description: "OK")]) }
        default:
            return failure(404, "The resource cannot be found.")
        }
    }

    /// TradeStation's error body for this request's API version.
    func failure(_ status: Int, _ message: String) -> Answer {
        isVersion2 ? APIFailure.version2(status, message) : APIFailure.version3(status, message)
    }

    private func require(_ scope: String, of grant: AccessGrant, _ answer: () -> Answer) -> Answer {
        grant.scopes.contains(scope) ? answer() : failure(403, "The access token lacks the scope \(scope).")
    }

    private func accountIDs(of user: EmulatorUser) -> [String] {
        base == .live ? user.liveAccounts : user.simAccounts
    }

    private func account(_ id: String) -> Account {
        let type = accountType(id)
        return Account(AccountID: id, AccountType: type, AccountDetail: type == "Futures" ? nil : Detail())
    }

    private func accountType(_ id: String) -> String {
        id.hasSuffix("F") ? "Futures" : "Margin"
    }

    private func balances(_ list: String, of user: EmulatorUser) -> Answer {
        let asked = list.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
        guard (1...Self.maximumAccounts).contains(asked.count) else {
            return failure(400, "Between 1 and \(Self.maximumAccounts) accounts can be asked for.")
        }
        let own = accountIDs(of: user)
        return .json(
            Balances(
                Balances: asked.filter(own.contains).map { Balance(AccountID: $0, AccountType: accountType($0)) },
                Errors: asked.filter { !own.contains($0) }.map(AccountError.init)
            )
        )
    }
}
