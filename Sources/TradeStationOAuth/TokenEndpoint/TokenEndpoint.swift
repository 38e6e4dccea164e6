package import TradeStationModel

/// The token endpoint (RFC 6749 section 3.2), which exchanges a code or a refresh token for new tokens.
///
/// An exchange that has started is completed even if the calling task is cancelled: the server may already have
/// replaced the refresh token, and an ignored answer would lose the new one. The transport's time limits bound the
/// wait.
package struct TokenEndpoint: Sendable {
    private let transport: HTTPTransport

    /// Creates an endpoint that uses `transport`.
    package init(transport: HTTPTransport) {
        self.transport = transport
    }

    /// Exchanges a refresh token for new tokens (RFC 6749 section 6).
    ///
    /// - Parameters:
    ///   - now: The current wall-clock time, for the lifetime of an access token if the answer has no `Date`.
    ///   - limit: How long the whole reply may take, in milliseconds; nil means the transport's limit.
    ///   - patience: How long the lookup of the server's name may take, in milliseconds; nil means the transport's limit.
    ///   - onConnecting: Called once the name of the server has been looked up, before anything is sent.
    package func refresh(
        _ credentials: ClientCredentials,
        refreshToken: Secret,
        at now: Timestamp? = nil,
        within limit: Int? = nil,
        patience: Int? = nil,
        onConnecting: @escaping @Sendable () -> Void = {}
    ) async -> TokenAnswer {
        KillPoint.beforeConnect.reach()
        return await exchange(
            [("grant_type", "refresh_token"), ("refresh_token", refreshToken.exposed)],
            credentials: credentials,
            sent: [refreshToken],
            at: now,
            within: limit,
            patience: patience,
            onConnecting: onConnecting
        )
    }

    /// Exchanges an authorization code for tokens (RFC 6749 section 4.1.3), with the PKCE verifier if one was used.
    ///
    /// A code can be exchanged only once. If the outcome is unknown, start a new sign-in; do not repeat the exchange.
    ///
    /// - Parameters:
    ///   - now: The current wall-clock time, for the lifetime of an access token if the answer has no `Date`.
    ///   - limit: How long the whole reply may take, in milliseconds; nil means the transport's limit.
    package func exchange(
        code: Secret,
        verifier: Secret?,
        redirectURI: String,
        for credentials: ClientCredentials,
        at now: Timestamp? = nil,
        within limit: Int? = nil
    ) async -> TokenAnswer {
        var fields = [("grant_type", "authorization_code"), ("code", code.exposed), ("redirect_uri", redirectURI)]
        if let verifier { fields.append(("code_verifier", verifier.exposed)) }
        let sent = [code, verifier].compactMap { $0 }
        return await exchange(fields, credentials: credentials, sent: sent, at: now, within: limit)
    }

    private func exchange(
        _ fields: [(name: String, value: String)],
        credentials: ClientCredentials,
        sent: [Secret],
        at now: Timestamp?,
        within limit: Int?,
        patience: Int? = nil,
        onConnecting: @escaping @Sendable () -> Void = {}
    ) async -> TokenAnswer {
        var request = ClientAuthenticator.request(
            to: credentials.registration.tokenURL,
            fields: fields,
            credentials: credentials
        )
        request.deadlineMilliseconds = limit
        request.lookUpMilliseconds = patience
        let secrets = sent + [credentials.secret].compactMap { $0 }
        // An unstructured task is not cancelled with its caller. It is awaited here.
        return await Task { [request] in
            await answer(to: request, sent: secrets, at: now, onConnecting: onConnecting)
        }.value
    }

    private func answer(
        to request: HTTPExchangeRequest,
        sent: [Secret],
        at now: Timestamp?,
        onConnecting: @Sendable () -> Void
    ) async -> TokenAnswer {
        do throws(TransportFailure) {
            let reply = try await transport.execute(request, onConnecting: onConnecting)
            return TokenAnswer.classify(
                status: reply.status,
                headers: reply.headers,
                body: reply.body,
                sent: sent,
                at: now
            )
        } catch {
            return TokenAnswer.classify(error, sent: sent, at: now)
        }
    }
}

extension TokenAnswer {
    /// Classifies a transport failure. If a part of a response was received, that part is read.
    static func classify(_ failure: TransportFailure, sent: [Secret], at now: Timestamp? = nil) -> TokenAnswer {
        guard let partial = failure.partial else {
            let kind: TokenFailure.Kind = failure.stage == .notSent ? .notSent : .outcomeUnknown
            return .failed(
                TokenFailure(
                    kind: kind,
                    description: failure.explanation,
                    wasAnswered: failure.wasAnswered,
                    advice: failure.suggestion
                )
            )
        }
        return classify(
            status: partial.status,
            headers: partial.headers,
            body: partial.body,
            sent: sent,
            at: now
        )
    }
}
