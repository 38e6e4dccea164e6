public import TradeStationModel

/// The token endpoint (RFC 6749 section 3.2): presents a code or a refresh token and says what came of it.
///
/// An exchange that has begun is finished even when the calling task is cancelled: the server may already have
/// replaced the refresh token, and abandoning the answer would lose the new one. The transport's own time limits
/// bound the wait.
public struct TokenEndpoint: Sendable {
    private let transport: HTTPTransport

    /// An endpoint that is reached through `transport`.
    public init(transport: HTTPTransport) {
        self.transport = transport
    }

    /// Presents a refresh token (RFC 6749 section 6).
    public func refresh(_ credentials: ClientCredentials, refreshToken: Secret) async -> TokenAnswer {
        KillPoint.beforeConnect.reach()
        return await exchange(
            [("grant_type", "refresh_token"), ("refresh_token", refreshToken.exposed)],
            credentials: credentials,
            sent: [refreshToken]
        )
    }

    /// Presents an authorization code (RFC 6749 section 4.1.3), with the PKCE verifier where one was used.
    ///
    /// A code works once. Whoever gets an unknown outcome starts a new sign-in instead of repeating the exchange.
    public func exchange(
        code: Secret,
        verifier: Secret?,
        redirectURI: String,
        for credentials: ClientCredentials
    ) async -> TokenAnswer {
        var fields = [("grant_type", "authorization_code"), ("code", code.exposed), ("redirect_uri", redirectURI)]
        if let verifier { fields.append(("code_verifier", verifier.exposed)) }
        return await exchange(fields, credentials: credentials, sent: [code, verifier].compactMap { $0 })
    }

    private func exchange(
        _ fields: [(name: String, value: String)],
        credentials: ClientCredentials,
        sent: [Secret]
    ) async -> TokenAnswer {
        let request = ClientAuthenticator.request(
            to: credentials.registration.tokenURL,
            fields: fields,
            credentials: credentials
        )
        let secrets = sent + [credentials.secret].compactMap { $0 }
        // Not a child task: it must outlive the cancellation of its caller. It is awaited on the spot.
        return await Task { await answer(to: request, sent: secrets) }.value
    }

    private func answer(to request: HTTPExchangeRequest, sent: [Secret]) async -> TokenAnswer {
        do throws(TransportFailure) {
            let reply = try await transport.execute(request)
            return TokenAnswer.classify(status: reply.status, headers: reply.headers, body: reply.body, sent: sent)
        } catch {
            return TokenAnswer.classify(error, sent: sent)
        }
    }
}

extension TokenAnswer {
    /// What a failed transport means. A reply that broke off is read as far as it came.
    static func classify(_ failure: TransportFailure, sent: [Secret]) -> TokenAnswer {
        guard let partial = failure.partial else {
            let kind: TokenFailure.Kind = failure.stage == .notSent ? .notSent : .outcomeUnknown
            return .failed(TokenFailure(kind: kind, description: failure.explanation))
        }
        return classify(status: partial.status, headers: partial.headers, body: partial.body, sent: sent)
    }
}
