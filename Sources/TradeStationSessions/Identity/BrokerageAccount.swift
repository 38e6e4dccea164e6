import TradeStationModel

/// A brokerage account of the signed-in user (OpenAPI file, schema `Account`).
public struct BrokerageAccount: Hashable, Sendable {
    /// The account id, for example `SIM1234567M`.
    public let id: String
    /// The account type: `Cash`, `Margin`, `Futures` or `DVP`.
    public let type: String?
    /// The currency, for example `USD`.
    public let currency: String?
    /// The state, for example `Active`, `Closed` or `Restricted`.
    public let status: String?
}

extension BrokerageAccount: Decodable {
    private enum Member: String, CodingKey {
        case id = "AccountID"
        case type = "AccountType"
        case currency = "Currency"
        case status = "Status"
    }

    /// Decodes an account. Only the id is required: blank fields may be null or missing (TradeStation's documentation
    /// page "HTTP Requests").
    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Member.self)
        id = try object.decode(String.self, forKey: .id)
        type = try object.decodeIfPresent(String.self, forKey: .type)
        currency = try object.decodeIfPresent(String.self, forKey: .currency)
        status = try object.decodeIfPresent(String.self, forKey: .status)
    }
}

extension Session {
    /// The user's accounts that this session may use (`GET /v3/brokerage/accounts`).
    ///
    /// They belong to the session's environment. If the profile is limited to certain accounts (a fence), the
    /// others are left out.
    ///
    /// - Throws: ``APIError`` and ``AccountsError`` as ``get(_:query:as:timeout:)``; `usage` for a v2 profile.
    public func accounts(timeout: Duration? = nil) async throws -> [BrokerageAccount] {
        let (accounts, record) = try await allAccounts(timeout: timeout)
        let fence = record.profile.accounts.map { Set($0.map { $0.lowercased() }) }
        return accounts.filter { fence?.contains($0.id.lowercased()) ?? true }
    }

    /// The user's accounts, including those that a fence excludes. A change to the fence is checked against them.
    ///
    /// - Throws: ``APIError`` and ``AccountsError`` as ``accounts(timeout:)``.
    package func unfencedAccounts() async throws -> [BrokerageAccount] {
        try await allAccounts(timeout: nil).accounts
    }

    private func allAccounts(
        timeout: Duration?
    ) async throws -> (accounts: [BrokerageAccount], record: ProfileRecord) {
        struct List: Decodable {
            let Accounts: [BrokerageAccount]
        }
        guard profile.profile.apiVersion == .v3 else {
            throw AccountsError(
                .usage,
                "A v2 profile has no list of accounts.",
                suggestion:
                    "tsaccounts add profile OTHER --live --same-login-as NAME   # then use the accounts of OTHER"
            ).about(profile.name)
        }
        var sender = RequestSender(
            session: self,
            call: APICall(method: "GET", path: "/v3/brokerage/accounts", timeout: timeout),
            exchange: WholeReplies(transport: services.apiTransport)
        )
        let sent = try await sender.send()
        let response = sent.request.response(from: sent.reply)
        return (try response.decoded(as: List.self).value.Accounts, sent.record)
    }
}
