package import TradeStationModel

/// The revocation endpoint (RFC 7009).
///
/// At TradeStation, revoking one refresh token revokes all refresh tokens of the API key (see its Refresh Tokens page).
package struct RevocationEndpoint: Sendable {
    private let transport: HTTPTransport

    /// Creates an endpoint that uses `transport`.
    package init(transport: HTTPTransport) {
        self.transport = transport
    }

    /// Revokes a refresh token. Revoking an unknown token succeeds (RFC 7009 section 2.2).
    ///
    /// - Throws: ``AccountsError`` `usage` without a revocation URL, `server_unreachable`, `server_error`,
    ///   `rate_limited` or `client_rejected`.
    package func revoke(_ token: Secret, for credentials: ClientCredentials) async throws(AccountsError) {
        guard let url = credentials.registration.revokeURL else {
            throw AccountsError(
                .usage,
                "This API key has no revocation URL.",
                suggestion: "end the sign-in on the sign-in server's web page for connected applications"
            )
        }
        let request = ClientAuthenticator.request(
            to: url,
            fields: [("token", token.exposed), ("token_type_hint", "refresh_token")],
            credentials: credentials
        )
        let answer: TokenAnswer
        do throws(TransportFailure) {
            let reply = try await transport.execute(request)
            if (200..<300).contains(reply.status) { return }
            answer = TokenAnswer.classify(
                status: reply.status,
                headers: reply.headers,
                body: reply.body,
                sent: [token, credentials.secret].compactMap { $0 }
            )
        } catch {
            throw AccountsError(
                error.wasAnswered ? .serverError : .serverUnreachable,
                "The sign-in server did not confirm that the token was revoked.",
                reason: error.explanation,
                suggestion: error.suggestion ?? "run the same command again; revoking a token twice is safe"
            )
        }
        guard case .failed(let failure) = answer else { return }
        let error = failure.accountsError()
        let allowed: [AccountsError.Code] = [.rateLimited, .clientRejected]
        throw AccountsError(
            allowed.contains(error.code) ? error.code : .serverError,
            "The sign-in server did not revoke the token.",
            reason: error.reason ?? error.message,
            suggestion: error.code == .clientRejected ? error.suggestion : "run the same command again in a moment"
        )
    }
}
