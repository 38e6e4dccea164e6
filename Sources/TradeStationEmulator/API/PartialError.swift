/// The failed part of an answer about several accounts, orders or symbols: HTTP 200 with `Errors` beside the rest.
struct PartialError: Encodable, Sendable {
    var AccountID: String?
    var OrderID: String?
    var Symbol: String?
    let Error: String
    var Message: String?

    /// An account that the token's user does not have on this host.
    static func account(_ id: String) -> PartialError {
        PartialError(AccountID: id, Error: "Forbidden", Message: "Invalid Account ID.")
    }

    static func order(_ id: String) -> PartialError {
        PartialError(OrderID: id, Error: "NotFound", Message: "Order not found.")
    }

    static func symbol(_ name: String) -> PartialError {
        PartialError(Symbol: name, Error: "InvalidSymbol")
    }
}
