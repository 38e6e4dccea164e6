/// One request as a program asks for it.
struct APICall: Sendable {
    let method: String
    let path: String
    var query: [(name: String, value: String)] = []
    /// A JSON text. It is held whole, so it can be sent again after a 401.
    var body: [UInt8] = []
    /// How long the caller waits for everything together; nil means the manager's own timeout.
    var timeout: Duration?

    /// Whether it is sent again although nobody knows what became of it. GET is, but for v2's orders by JSONP; what may
    /// change something is not (RFC 9110 section 9.2.2 would allow it for PUT and DELETE, but an order that was replaced
    /// twice is a different order).
    var isRepeatable: Bool { method == "GET" && !path.lowercased().contains("jsonp") }

    /// Whether it is sent again after an answer that says it was too much: then nothing was done (RFC 6585 section 4). A
    /// new order is not, its price may be another one by then.
    var waitsItsTurn: Bool { isRepeatable || method == "PUT" || method == "DELETE" }

    /// An order is some kilobytes; what is much longer is a mistake.
    static let longestBody = 1 << 20
}
