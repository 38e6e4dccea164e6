/// An error about one of several requested accounts, orders or symbols. An answer with such errors has HTTP status 200
/// and an `Errors` member.
struct PartialError: Encodable, Sendable {
    var AccountID: String?
    var OrderID: String?
    var Symbol: String?
    let Error: String
    var Message: String?

    /// Creates the error for an account that does not belong to the token's user at the request's base URL.
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
