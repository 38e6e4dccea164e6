/// One request as a program asks for it.
struct APICall: Sendable {
    let method: String
    let path: String
    var query: [(name: String, value: String)] = []
    /// A JSON text. It is held whole, so it can be sent again after a 401.
    var body: [UInt8] = []
    /// How long the caller waits for everything together; nil means the manager's own timeout.
    var timeout: Duration?

    /// GET is sent again without asking; what may change something is not (RFC 9110 section 9.2.2 would allow it for
    /// PUT and DELETE, but an order that was replaced twice is a different order).
    var isRepeatable: Bool { method == "GET" }

    /// An order is some kilobytes; what is much longer is a mistake.
    static let longestBody = 1 << 20
}
