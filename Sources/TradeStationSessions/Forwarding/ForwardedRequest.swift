/// A request to the API as a foreign program sent it, without what was meant for the connection only.
package struct ForwardedRequest: Sendable {
    /// The method, for example `GET`.
    package let method: String
    /// The path, beginning with `/v3/` or `/v2/`, and the query, as the program encoded them.
    package let target: String
    /// The header fields that are meant for the API, without `Authorization`.
    package let fields: [(name: String, value: String)]
    /// The body, at most ``longestBody`` bytes. It is kept in memory, so that it can be sent again after a 401.
    package let body: [UInt8]

    /// The maximum size of a request body, in bytes.
    package static let longestBody = APICall.longestBody

    package init(
        method: String,
        target: String,
        fields: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
    }

    /// The target without its query, which may contain private data.
    var path: String { String(target.prefix { $0 != "?" }) }

    var call: APICall {
        APICall(method: method, path: target, body: body, fields: fields)
    }
}
