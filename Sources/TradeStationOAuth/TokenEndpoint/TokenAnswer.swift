import TradeStationModel

/// The meaning of a token endpoint's answer.
package enum TokenAnswer: Sendable {
    /// The server issued tokens.
    case granted(TokenGrant)
    /// The server issued no tokens.
    case failed(TokenFailure)
}

extension TokenAnswer {
    /// Classifies an answer of the token endpoint.
    ///
    /// A transient HTTP status decides first, regardless of the body. Then the body's `error` decides, regardless of the
    /// status: Auth0 sends `invalid_grant` with 403, RFC 6749 section 5.2 specifies 400. Otherwise the tokens count.
    /// If `body` is cut off, the tokens of a complete JSON object still count, and a readable refresh token is salvaged.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - headers: The header fields.
    ///   - body: The body, possibly cut off.
    ///   - sent: The secrets of the request; they are removed from descriptions.
    ///   - now: The wall clock when the request was sent.
    static func classify(
        status: Int,
        headers: [(name: String, value: String)] = [],
        body: [UInt8],
        sent: [Secret] = [],
        at now: Timestamp? = nil
    ) -> TokenAnswer {
        let response = HTTPExchangeResponse(status: status, headers: headers, body: body)
        let times = GrantedLifetime.Times(
            server: response.date.map { $0.milliseconds / 1_000 },
            local: now.map { $0.milliseconds / 1_000 }
        )
        let answer = TokenBody(body, sent: sent, at: times)
        // Ignore a token that echoes the request or accompanies an error.
        let mayContainTokens = answer.error == nil && (200..<300).contains(status)
        let salvaged = mayContainTokens ? answer.refreshToken.token.flatMap { sent.contains($0) ? nil : $0 } : nil
        func failed(_ kind: TokenFailure.Kind, _ remark: String? = nil) -> TokenAnswer {
            let secrets = sent + answer.secrets
            func safe(_ text: String?, limit: Int) -> String? {
                text.map { Redaction.printable($0, without: secrets, limit: limit) }
            }
            return .failed(
                TokenFailure(
                    kind: kind,
                    httpStatus: status,
                    oauthError: safe(answer.error, limit: 64),
                    description: remark ?? safe(answer.errorDescription, limit: 200),
                    retryAfterSeconds: kind == .rateLimited || kind == .serverTrouble
                        ? RetryAfter.seconds(in: response) : nil,
                    salvagedRefreshToken: salvaged
                )
            )
        }

        switch status {
        case 429: return failed(.rateLimited)
        case 408, 425, 500...: return failed(.serverTrouble)
        case 300..<400: return failed(.serverTrouble, "The redirect was not followed.")
        case 200..<300:
            if let grant = answer.grant(status: status) { return .granted(grant) }
            fallthrough
        case 400..<500:
            if let error = answer.error { return failed(kind(of: error, status: status)) }
            return status < 300 ? failed(.outcomeUnknown, answer.defect) : failed(.serverTrouble)
        default: return failed(.outcomeUnknown, "The HTTP status is not final.")
        }
    }

    private static func kind(of error: String, status: Int) -> TokenFailure.Kind {
        switch error {
        case "invalid_grant": .invalidGrant
        case "invalid_client", "unauthorized_client": .clientRejected
        case "access_denied": status == 401 ? .clientRejected : .userActionRequired
        case "invalid_request", "invalid_scope", "unsupported_grant_type": .requestRejected
        case "mfa_required", "login_required", "interaction_required", "consent_required",
            "account_selection_required":
            .userActionRequired
        case "server_error", "temporarily_unavailable": .serverTrouble
        default: .unrecognised
        }
    }
}
