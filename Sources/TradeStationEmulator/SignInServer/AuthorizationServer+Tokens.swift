import Foundation

/// The token endpoint, which exchanges codes and refresh tokens for new tokens.
extension AuthorizationServer {
    private struct TokenSet: Encodable {
        let accessToken: String
        let refreshToken: String?
        let idToken: String?
        let tokenType = "Bearer"
        let scope: String
        let expiresIn: Int

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case refreshToken = "refresh_token"
            case idToken = "id_token"
            case tokenType = "token_type"
            case scope
            case expiresIn = "expires_in"
        }
    }

    /// Handles a POST request to the token endpoint.
    mutating func token(_ incoming: IncomingRequest, context: DecisionContext) -> Outcome {
        prune(at: context.now)
        guard incoming.mediaType == "application/x-www-form-urlencoded", let fields = FormFields(incoming.body) else {
            return .refusal("invalid_request", "The body must be form-urlencoded.", status: 400)
        }
        if let name = fields.repeated.min() {
            return .refusal("invalid_request", "Repeated parameter: \(name)", status: 400)
        }
        guard let grantType = fields["grant_type"] else { return .missing("grant_type") }
        let credentials = ClientCredentials(incoming, fields: fields, acceptsBasic: settings.acceptsBasic)
        if credentials.malformed {
            return .refusal("invalid_request", "The client credentials are unreadable or given twice.", status: 400)
        }
        guard let clientID = credentials.id else { return .missing("client_id") }
        guard let client = clients[clientID], client.accepts(secret: credentials.secret) else {
            return .refusedClient("access_denied", "Unauthorized", credentials: credentials)
        }
        switch grantType {
        case "authorization_code": return exchangeCode(fields, client: client, context: context)
        case "refresh_token": return refresh(fields, client: client, context: context)
        case "client_credentials", "password", "implicit":
            return .refusal(
                "unauthorized_client",
                "Grant type '\(grantType)' not allowed for the client.",
                status: 403
            )
        default:
            return .refusal("unsupported_grant_type", "Unsupported grant type: \(grantType)", status: 403)
        }
    }

    private mutating func exchangeCode(_ fields: FormFields, client: Client, context: DecisionContext) -> Outcome {
        guard let presented = fields["code"] else { return .missing("code") }
        guard let redirectURI = fields["redirect_uri"] else { return .missing("redirect_uri") }
        let invalid = Outcome.refusal("invalid_grant", "Invalid authorization code", status: 403)
        guard let code = codes[presented], code.request.clientID == client.id, let user = users[code.username] else {
            return invalid
        }
        if code.isUsed {
            // RFC 6749 section 4.1.2: a second use revokes the tokens of the first one.
            invalidateFamily(code.familyID)
            accessTokens = accessTokens.filter { $0.value.familyID != code.familyID }
            return invalid
        }
        // The code is used up even if the exchange fails, so that a client cannot guess the verifier twice.
        codes[presented]?.isUsed = true
        guard code.request.redirectURI == redirectURI else { return invalid }
        guard code.request.accepts(verifier: fields["code_verifier"]) else {
            return .refusal("invalid_grant", "Failed to verify code verifier", status: 403)
        }
        var refreshToken: String?
        if code.request.scopes.contains("offline_access") {
            let token = newRefreshToken(context)
            var family = TokenFamily(
                id: code.familyID,
                clientID: client.id,
                username: user.username,
                scopes: code.request.scopes,
                startedAt: context.now
            )
            family.issueFirst(token, at: context.now)
            families[family.id] = family
            refreshTokens[token] = family.id
            refreshToken = token
        }
        var outcome = issue(
            to: user,
            clientID: client.id,
            scopes: code.request.scopes,
            familyID: code.familyID,
            nonce: code.request.nonce,
            refreshToken: refreshToken,
            context: context
        )
        outcome.generation = refreshToken == nil ? nil : 1
        return outcome
    }

    private mutating func refresh(_ fields: FormFields, client: Client, context: DecisionContext) -> Outcome {
        guard let presented = fields["refresh_token"] else { return .missing("refresh_token") }
        var invalid = Outcome.refusal("invalid_grant", "Unknown or invalid refresh token.", status: 403)
        guard
            let familyID = refreshTokens[presented],
            var family = families[familyID],
            family.clientID == client.id,
            let user = users[family.username]
        else { return invalid }
        invalid.familyID = familyID
        invalid.generation = family.generation(of: presented)
        switch family.verdict(on: presented, at: context.now, settings: settings) {
        case .valid: break
        case .ended: return invalid
        case .reused, .expired:
            invalidateFamily(familyID)
            return invalid
        }
        var refreshToken: String?
        if settings.rotate {
            let next = newRefreshToken(context)
            family.rotate(presented, into: next, at: context.now)
            families[familyID] = family
            refreshTokens[next] = familyID
            refreshToken = next
        }
        var outcome = issue(
            to: user,
            clientID: client.id,
            scopes: family.scopes,
            familyID: familyID,
            nonce: nil,
            refreshToken: refreshToken,
            context: context
        )
        outcome.generation = family.generation(of: refreshToken ?? presented)
        return outcome
    }

    private mutating func issue(
        to user: EmulatorUser,
        clientID: String,
        scopes: [String],
        familyID: String,
        nonce: String?,
        refreshToken: String?,
        context: DecisionContext
    ) -> Outcome {
        let scope = scopes.joined(separator: " ")
        let accessToken = tokens.accessToken(
            for: user,
            clientID: clientID,
            scope: scope,
            seconds: settings.accessTokenSeconds,
            context: context
        )
        accessTokens[accessToken] = AccessGrant(
            user: user,
            scopes: scopes,
            familyID: familyID,
            expiresAt: context.now.addingTimeInterval(Double(settings.accessTokenSeconds))
        )
        let idToken =
            scopes.contains("openid")
            ? tokens.identityToken(
                for: user,
                clientID: clientID,
                scopes: scopes,
                nonce: nonce,
                accessToken: accessToken,
                context: context
            ) : nil
        var outcome = Outcome(
            .json(
                TokenSet(
                    accessToken: accessToken,
                    refreshToken: refreshToken,
                    idToken: idToken,
                    scope: scope,
                    expiresIn: settings.accessTokenSeconds
                )
            )
        )
        outcome.committed = true
        outcome.familyID = familyID
        outcome.issuedRefreshToken = refreshToken
        outcome.issuedAccessToken = accessToken
        return outcome
    }

    private func newRefreshToken(_ context: DecisionContext) -> String {
        "v1." + context.secret(48)
    }
}
