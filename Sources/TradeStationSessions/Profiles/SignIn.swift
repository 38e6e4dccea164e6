import TradeStationModel
import TradeStationOAuth

/// A whole sign-in: the browser, the code, its exchange, and who it was. Stores nothing.
struct SignIn: Sendable {
    let credentials: ClientCredentials
    let scopes: String
    let endpoint: TokenEndpoint
    let clock: any TimeSource
    let random: RandomSource

    /// What a sign-in brought.
    struct Grant: Sendable {
        let tokens: TokenSet
        let identity: Identity
        let httpStatus: Int
        let durationMilliseconds: Int
    }

    /// Runs it.
    ///
    /// - Throws: ``AccountsError`` `login_denied`, `login_timed_out`, `callback_ports_busy`, `input_required`, and
    ///   those of the exchange; `CancellationError`.
    func run(_ interaction: SignInInteraction) async throws -> Grant {
        let flow = AuthorizationCodeFlow(
            registration: credentials.registration,
            scopes: scopes.split(separator: " ").map(String.init),
            random: random,
            time: clock,
            limits: CallbackLimits(
                listens: interaction.usesCallback,
                signInMilliseconds: interaction.timeLimit.wholeMilliseconds
            )
        )
        let code = try await flow.run(
            present: interaction.present,
            pasted: interaction.pasted,
            note: interaction.note
        )
        let sent = clock.now()
        // A code can be used once: its exchange is neither cancelled nor repeated.
        let answer = await Task { [endpoint, credentials] in
            await endpoint.exchange(
                code: code.code,
                verifier: code.verifier,
                redirectURI: code.redirectURI,
                for: credentials
            )
        }.value
        let received = clock.now()
        switch answer {
        case .failed(let failure): throw AccountsError.signInFailed(failure)
        case .granted(let grant):
            if let idToken = grant.idToken {
                try TokenClaims.validate(
                    idToken: idToken,
                    clientID: credentials.registration.clientID,
                    nonce: code.nonce,
                    issuer: code.issuer,
                    now: received.wall
                )
            }
            if grant.refreshToken == nil {
                interaction.note(
                    "The sign-in server gave no refresh token: this sign-in ends with its access token. Ask for the scope offline_access."
                )
            }
            return Grant(
                tokens: TokenSet(
                    accessToken: grant.accessToken,
                    refreshToken: grant.refreshToken,
                    idToken: grant.idToken,
                    expiresAt: sent.advanced(byMilliseconds: Int64(grant.lifetimeSeconds) * 1000),
                    lifetimeSeconds: grant.lifetimeSeconds
                ),
                identity: TokenClaims.identity(idToken: grant.idToken, accessToken: grant.accessToken),
                httpStatus: grant.httpStatus,
                durationMilliseconds: Int(received.bootMilliseconds - sent.bootMilliseconds)
            )
        }
    }
}

extension AccountsError {
    /// What a failed code exchange means to the person who signed in.
    fileprivate static func signInFailed(_ failure: TokenFailure) -> AccountsError {
        guard failure.kind == .invalidGrant || failure.kind == .outcomeUnknown else { return failure.accountsError() }
        return AccountsError(
            failure.kind == .invalidGrant ? .loginDenied : failure.code,
            "The sign-in could not be completed: the authorization code was not exchanged.",
            reason: failure.description ?? failure.oauthError?.printable(limit: 60),
            suggestion: "signing in again"
        )
    }
}
