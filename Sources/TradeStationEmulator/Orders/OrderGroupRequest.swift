/// The body of an order group: one cancels the other, bracket, or plain.
struct OrderGroupRequest: Decodable, Sendable {
    let `Type`: String
    let Orders: [OrderRequest]
}
