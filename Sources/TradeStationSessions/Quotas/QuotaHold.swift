import Foundation
import TradeStationModel
import TradeStationOAuth

/// A request that should not be sent yet, because the quota of its resource is used up or the server asked for a pause.
struct QuotaHold: Hashable, Sendable {
    /// How long to wait, in milliseconds.
    let milliseconds: Int64
    /// The resource.
    let resource: String

    /// The answer that the server would give, in TradeStation's form. A request that cannot wait gets it, so that its
    /// program handles one kind of error. The field `X-TSAccounts` tells that nothing was sent.
    var reply: HTTPExchangeResponse {
        let seconds = (milliseconds + 999) / 1000
        let body = [
            "Error": "TooManyRequests",
            "Message": "Not sent: the quota of \(resource) is used up for this sign-in. Try again in \(seconds) s.",
        ]
        return HTTPExchangeResponse(
            status: 429,
            headers: [
                ("Content-Type", "application/json"), ("Retry-After", "\(seconds)"),
                ("X-TSAccounts", AccountsError.Code.rateLimited.rawValue),
            ],
            body: (try? JSONEncoder().encode(body)).map(Array.init) ?? []
        )
    }
}
