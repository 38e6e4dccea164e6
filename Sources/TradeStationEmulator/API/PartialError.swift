/// An error about one account, order or symbol in an answer about several: HTTP 200 with an `Errors` member.
struct PartialError: Encodable, Sendable {
    var AccountID: String?
    var OrderID: String?
    var Symbol: String?
    let Error: String
    var Message: String?

    /// An account that does not belong to the token's user on this base URL.
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
