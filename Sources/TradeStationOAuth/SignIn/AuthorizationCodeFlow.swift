package import TradeStationModel

/// A sign-in in the browser, from the authorization URL to the code (RFC 6749 section 4.1, RFC 8252 section 7.3).
///
/// The response can arrive by the browser's redirect or by a redirect URL that the user pastes. The first response
/// that belongs to this sign-in ends it and closes the port. Cancelling the task closes the port immediately.
package struct AuthorizationCodeFlow: Sendable {
    private let registration: ClientRegistration
    private let scopes: [String]
    private let random: RandomSource
    private let time: any TimeSource
    private let limits: CallbackLimits

    /// Creates a sign-in for an API key; does not open a port yet.
    package init(
        registration: ClientRegistration,
        scopes: [String],
        random: RandomSource,
        time: any TimeSource,
        limits: CallbackLimits = CallbackLimits()
    ) {
        self.registration = registration
        self.scopes = scopes
        self.random = random
        self.time = time
        self.limits = limits
    }

    /// Runs the sign-in and waits for the authorization code. The port is free again when this returns.
    ///
    /// - Parameters:
    ///   - present: Shows the URL to open. Called once, after the callback has started to listen.
    ///   - pasted: Reads one line; returns nil at the end of input. Called again after an unusable line. If the sign-in
    ///     ends without a line, for example by the browser's redirect, the task that runs `pasted` is cancelled, and
    ///     `pasted` must return.
    ///   - note: Receives a message for the user that explains why a pasted line or a request of the browser cannot be
    ///     used.
    /// - Returns: The code, with the values that its exchange needs.
    /// - Throws: ``AccountsError`` `callback_ports_busy`, `input_required`, `login_denied`, `login_timed_out`,
    ///   `client_rejected` or `server_error`; `CancellationError`; the errors of `pasted`.
    package func run(
        present: @escaping @Sendable (_ url: String) async -> Void,
        pasted: (@Sendable () async throws -> String?)? = nil,
        note: @escaping @Sendable (_ text: String) -> Void = { _ in }
    ) async throws -> AuthorizationCode {
        let callback = try await SignInCallback.open(
            registration: registration,
            scopes: scopes,
            random: random,
            limits: limits,
            note: note
        )
        guard callback.server != nil || pasted != nil else { throw Self.redirectCannotBeReceived }
        let listener = callback.server?.listener
        return try await withTaskCancellationHandler {
            do {
                let code = try await race(callback, present: present, pasted: pasted, note: note)
                await listener?.close()
                return code
            } catch {
                await listener?.close()
                throw error
            }
        } onCancel: {
            listener?.closeNow()
        }
    }

    /// Waits for the redirect, a pasted line or the time limit; the first one that ends the sign-in cancels the others.
    private func race(
        _ callback: SignInCallback,
        present: @escaping @Sendable (String) async -> Void,
        pasted: (@Sendable () async throws -> String?)?,
        note: @escaping @Sendable (String) -> Void
    ) async throws -> AuthorizationCode {
        let request = callback.request
        return try await withThrowingTaskGroup(of: AuthorizationResponse?.self) { group in
            defer { group.cancelAll() }
            group.addTask { [time, limits] in
                try await time.sleep(milliseconds: limits.signInMilliseconds)
                throw Self.timedOut(afterMilliseconds: limits.signInMilliseconds, redirectURI: request.redirectURI)
            }
            if let handler = callback.server?.handler { group.addTask { await handler.outcome() } }
            group.addTask {
                await present(request.url)
                guard let pasted else { return nil }
                let response = try await Self.readLines(pasted, for: request, note: note)
                // Without a server, no response can arrive after the end of input.
                if response == nil, callback.server == nil, !Task.isCancelled { throw Self.inputEnded }
                return response
            }
            while let response = try await group.next() {
                guard let response, let (code, issuer) = try response.grantedCode() else { continue }
                return AuthorizationCode(
                    code: code,
                    verifier: request.verifier,
                    redirectURI: request.redirectURI,
                    nonce: request.nonce,
                    issuer: issuer
                )
            }
            throw CancellationError()
        }
    }

    private static func readLines(
        _ pasted: @Sendable () async throws -> String?,
        for request: AuthorizationRequest,
        note: @Sendable (String) -> Void
    ) async throws -> AuthorizationResponse? {
        var redirect = PastedRedirect(state: request.state)
        while let line = try await pasted() {
            if line.allSatisfy(\.isWhitespace) { continue }
            let response = redirect.read(line)
            guard case .refused(let refusal) = response else { return response }
            note(refusal.explanation + " Paste the complete URL from the browser's address bar.")
        }
        return nil
    }

    private static var redirectCannotBeReceived: AccountsError {
        AccountsError(
            .inputRequired,
            "This computer cannot receive the redirect of this sign-in.",
            reason: "The redirect URL must be pasted, and there is no terminal to paste it into.",
            suggestion: "run the same command with --paste on a terminal"
        )
    }

    private static var inputEnded: AccountsError {
        AccountsError(
            .inputRequired,
            "Standard input ended before the redirect URL was pasted.",
            suggestion: "run the same command again, then paste the complete URL from the browser's address bar"
        )
    }

    private static func timedOut(afterMilliseconds limit: Int64, redirectURI: String) -> AccountsError {
        let time = limit < 120_000 ? "\(max(1, limit / 1_000)) s" : "\(limit / 60_000) min"
        return AccountsError(
            .loginTimedOut,
            "The sign-in was not completed within \(time).",
            reason: "No redirect to \(redirectURI) arrived, and no URL was pasted. "
                + "If the sign-in page showed an error, the API key may not allow this callback.",
            suggestion: "run the same command again"
        )
    }
}
