/// One request to the API as the program asked for it.
struct APICall: Sendable {
    let method: String
    let path: String
    var query: KeyValuePairs<String, String> = [:]
    /// The body, a JSON text; empty if there is none. It is kept in memory, so that it can be sent again after a 401.
    var body: [UInt8] = []
    /// How long the caller waits in total; nil means the timeout of the manager.
    var timeout: Duration?
    /// The header fields of a foreign program's request; nil for a request of this library, whose bodies are JSON.
    var fields: [(name: String, value: String)]?

    /// Whether the method only reads (RFC 9110 section 9.2.1).
    var isReading: Bool { method == "GET" || method == "HEAD" }

    /// Whether the request may be sent again when its outcome is unknown.
    ///
    /// Only a GET or HEAD that places no order may be sent again: v2 accepts orders as JSONP GETs. RFC 9110 section 9.2.2
    /// also allows PUT and DELETE, but an order that is replaced twice is a different order.
    var isRepeatable: Bool { isReading && !path.lowercased().contains("jsonp") }

    /// Whether the request is sent again after a 429, which means that nothing was done (RFC 6585 section 4).
    ///
    /// A new order is not sent again: the price may have changed during the pause.
    var isRepeatedAfterRateLimit: Bool { isRepeatable || method == "PUT" || method == "DELETE" }

    /// Whether the request waits while the quota of its resource is used up.
    var quotaPatience: QuotaPatience { isRepeatable ? .waits : .none }

    /// The maximum size of a request body, in bytes. An order takes a few kilobytes.
    static let longestBody = 1 << 20
}
