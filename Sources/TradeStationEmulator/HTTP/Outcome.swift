/// What the authorization server decided about one request: the answer, and what the log says of it.
struct Outcome: Sendable {
    var answer: Answer
    /// Whether the server's state changed: somebody signed in, tokens were issued, tokens were revoked, an order was
    /// accepted, replaced or cancelled.
    var committed = false
    var familyID: String?
    /// Which refresh token of the family was issued or confirmed, counting from 1.
    var generation: Int?
    var issuedRefreshToken: String?
    var issuedAccessToken: String?
    /// Orders that are new or different.
    var changedOrders: [EmulatedOrder] = []

    init(_ answer: Answer) {
        self.answer = answer
    }

    /// An OAuth error as Auth0 words it; its statuses differ from RFC 6749 (403 for `invalid_grant`).
    static func refusal(_ error: String, _ description: String, status: Int) -> Outcome {
        Outcome(.json(["error": error, "error_description": description], status: status))
    }

    /// The refusal of a client: 401, with a challenge when it tried HTTP Basic (RFC 6749 section 5.2).
    static func refusedClient(_ error: String, _ description: String, credentials: ClientCredentials) -> Outcome {
        var outcome = refusal(error, description, status: 401)
        if credentials.triedBasic {
            outcome.answer.fields.append(.init(name: "www-authenticate", value: "Basic realm=\"emulator\""))
        }
        return outcome
    }

    static func missing(_ parameter: String) -> Outcome {
        refusal("invalid_request", "Missing required parameter: \(parameter)", status: 400)
    }
}
