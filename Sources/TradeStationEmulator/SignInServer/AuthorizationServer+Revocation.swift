/// The revocation endpoint (RFC 7009, with TradeStation's differences).
extension AuthorizationServer {
    /// Handles a POST request to the revocation endpoint.
    ///
    /// The body can be JSON, as in TradeStation's example, or a form. The token's parameter can be `token` or
    /// `refresh_token`. A confidential client's secret can be missing ("optional" in TradeStation's table).
    mutating func revoke(_ incoming: IncomingRequest) -> Outcome {
        guard let fields = Self.revocationFields(incoming) else {
            return .refusal(
                "invalid_request",
                "The body must be a JSON object of strings, or form-urlencoded.",
                status: 400
            )
        }
        if let name = fields.repeated.min() {
            return .refusal("invalid_request", "Repeated parameter: \(name)", status: 400)
        }
        let credentials = ClientCredentials(incoming, fields: fields, acceptsBasic: settings.acceptsBasic)
        if credentials.malformed {
            return .refusal("invalid_request", "The client credentials are unreadable or given twice.", status: 400)
        }
        guard let clientID = credentials.id else { return .missing("client_id") }
        guard let client = clients[clientID], credentials.secret == nil || client.accepts(secret: credentials.secret)
        else {
            return .refusedClient("invalid_client", "Invalid client credentials.", credentials: credentials)
        }
        guard let token = fields["token"] ?? fields["refresh_token"] else { return .missing("token") }
        var outcome = Outcome(Answer(status: 200, fields: [.init(name: "cache-control", value: "no-store")]))
        guard let id = refreshTokens[token], let family = families[id], family.clientID == client.id else {
            return outcome
        }
        outcome.familyID = id
        outcome.generation = family.generation(of: token)
        let revokesWholeKey = settings.revokeScope == .key
        outcome.committed = endFamilies {
            $0.clientID == client.id && (revokesWholeKey || $0.username == family.username)
        }
        return outcome
    }

    /// The parameters of a revocation, from JSON or a form.
    static func revocationFields(_ incoming: IncomingRequest) -> FormFields? {
        switch incoming.mediaType {
        case "application/json":
            (try? JSONText.decode([String: String].self, from: incoming.body)).map { FormFields($0) }
        case "application/x-www-form-urlencoded": FormFields(incoming.body)
        default: nil
        }
    }
}
