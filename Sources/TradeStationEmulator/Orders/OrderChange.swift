/// The body of a replacement: what is not named stays.
struct OrderChange: Decodable, Sendable {
    let Quantity: String?
    let LimitPrice: String?
    let StopPrice: String?
    let OrderType: String?
}
