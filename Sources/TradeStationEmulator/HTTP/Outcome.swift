/// The result of a request: the answer and the information for the log.
struct Outcome: Sendable {
    var answer: Answer
    /// Whether the server's state changed: a user signed in, tokens were issued or revoked, or an order was accepted,
    /// replaced or cancelled.
    var committed = false
    var familyID: String?
    /// The number of the issued refresh token in its family, starting at 1. If none was issued, it is the number of the
    /// refresh token that the client presented.
    var generation: Int?
    var issuedRefreshToken: String?
    var issuedAccessToken: String?
    /// The orders that were added or changed.
    var changedOrders: [EmulatedOrder] = []

    init(_ answer: Answer) {
        self.answer = answer
    }

    /// An OAuth error with Auth0's texts and statuses, which differ from RFC 6749 (403 for `invalid_grant`).
    static func refusal(_ error: String, _ description: String, status: Int) -> Outcome {
        Outcome(.json(["error": error, "error_description": description], status: status))
    }

    /// A 401 answer for a failed client authentication, with a challenge if the client used HTTP Basic (RFC 6749 section
    /// 5.2).
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
