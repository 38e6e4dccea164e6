/// An HTTP answer: status, header fields and body.
struct Answer: Sendable, Equatable {
    struct Field: Sendable, Equatable {
        let name: String
        let value: String
    }

    var status: Int
    var fields: [Field]
    var body: String
    /// The stream that is sent instead of the body.
    var stream: StreamPlan?

    init(status: Int, fields: [Field] = [], body: String = "") {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// The error code of an OAuth error (RFC 6749 section 5.2); nil for other answers.
    var oauthError: String? {
        struct Body: Decodable { let error: String }
        return status >= 400 ? (try? JSONText.decode(Body.self, from: body))?.error : nil
    }

    /// A JSON answer that must not be cached (RFC 6749 section 5.1).
    static func json(_ value: some Encodable, status: Int = 200) -> Answer {
        Answer(
            status: status,
            fields: [
                Field(name: "content-type", value: "application/json"),
                Field(name: "cache-control", value: "no-store"),
                Field(name: "pragma", value: "no-cache"),
            ],
            body: JSONText.encode(value)
        )
    }

    /// An HTML page without external resources, scripts or frames.
    static func page(_ html: String, status: Int = 200) -> Answer {
        Answer(
            status: status,
            fields: [
                Field(name: "content-type", value: "text/html; charset=utf-8"),
                Field(name: "cache-control", value: "no-store"),
                Field(name: "referrer-policy", value: "no-referrer"),
                Field(name: "x-content-type-options", value: "nosniff"),
                // The policy omits `form-action`, because browsers also apply that directive to the redirect after the
                // form is submitted.
                Field(
                    name: "content-security-policy",
                    value: "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
                ),
            ],
            body: html
        )
    }

    static func redirect(to location: String) -> Answer {
        Answer(
            status: 302,
            fields: [
                Field(name: "location", value: location),
                Field(name: "cache-control", value: "no-store"),
                Field(name: "referrer-policy", value: "no-referrer"),
            ]
        )
    }
}
