public import TradeStationModel

/// A sign-in in the browser, from the first address to the code (RFC 6749 section 4.1, RFC 8252 section 7.3).
///
/// The browser's return to this machine and the pasted address line race; the first answer that belongs to this
/// sign-in wins and closes the port. Cancelling the task closes it at once.
public struct AuthorizationCodeFlow: Sendable {
    private let registration: ClientRegistration
    private let scopes: [String]
    private let random: RandomSource
    private let time: any TimeSource
    private let limits: CallbackLimits

    /// A sign-in for one API key; opens nothing yet.
    public init(
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

    /// Waits for the user to sign in.
    ///
    /// - Parameters:
    ///   - present: shows the address to open; called once, when the callback is listening.
    ///   - pasted: reads one line, nil at the end of input. It is asked again after a line that was no answer, and is
    ///     cancelled when the browser comes back first: it has to return then.
    ///   - note: told, for the user, why a pasted line was no answer.
    /// - Returns: the code, with all that its exchange needs. By then the port is free again.
    /// - Throws: ``AccountsError`` `callback_ports_busy`, `input_required`, `login_denied`, `login_timed_out`,
    ///   `client_rejected` or `server_error`; `CancellationError`; whatever `pasted` throws.
    public func run(
        present: @escaping @Sendable (_ url: String) async -> Void,
        pasted: (@Sendable () async throws -> String?)? = nil,
        note: @escaping @Sendable (_ text: String) -> Void = { _ in }
    ) async throws -> AuthorizationCode {
        let station = try await CallbackStation.open(
            registration: registration,
            scopes: scopes,
            random: random,
            limits: limits
        )
        guard station.callback != nil || pasted != nil else { throw Self.nobodyToAsk }
        let listener = station.callback?.listener
        return try await withTaskCancellationHandler {
            do {
                let code = try await race(station, present: present, pasted: pasted, note: note)
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

    /// Lets the callback, the pasted line and the time limit race; the first one that decides ends the others.
    private func race(
        _ station: CallbackStation,
        present: @escaping @Sendable (String) async -> Void,
        pasted: (@Sendable () async throws -> String?)?,
        note: @escaping @Sendable (String) -> Void
    ) async throws -> AuthorizationCode {
        let request = station.request
        return try await withThrowingTaskGroup(of: AuthorizationResponse?.self) { group in
            defer { group.cancelAll() }
            group.addTask { [time, limits] in
                try await time.sleep(milliseconds: limits.signInMilliseconds)
                throw Self.tooLate(afterMilliseconds: limits.signInMilliseconds)
            }
            if let desk = station.callback?.desk { group.addTask { await desk.outcome() } }
            group.addTask {
                await present(request.url)
                guard let pasted else { return nil }
                let response = try await Self.readLines(pasted, for: request, note: note)
                // Without a callback the end of input leaves nobody who could still answer.
                if response == nil, station.callback == nil, !Task.isCancelled { throw Self.nothingPasted }
                return response
            }
            while let response = try await group.next() {
                guard let response, let (code, issuer) = try response.decided() else { continue }
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
        while let line = try await pasted() {
            if line.allSatisfy(\.isWhitespace) { continue }
            let response = AuthorizationResponse.read(
                pasted: line,
                redirectURI: request.redirectURI,
                state: request.state
            )
            guard case .refused(let refusal) = response else { return response }
            note(refusal.explanation + " Paste the whole address line of the browser.")
        }
        return nil
    }

    private static var nobodyToAsk: AccountsError {
        AccountsError(
            .inputRequired,
            "The sign-in ends at an address that this machine cannot receive.",
            reason: "The browser's address line has to be pasted, and there is nowhere to paste it.",
            suggestion: "the same command with --paste on a terminal"
        )
    }

    private static var nothingPasted: AccountsError {
        AccountsError(
            .inputRequired,
            "Standard input ended without the address that the browser ended up at.",
            suggestion: "the same command, and paste the browser's whole address line"
        )
    }

    private static func tooLate(afterMilliseconds limit: Int64) -> AccountsError {
        AccountsError(
            .loginTimedOut,
            "The sign-in was not finished within \(max(1, limit / 60_000)) min.",
            reason: "The browser did not come back, and nothing was pasted.",
            suggestion: "the same command again"
        )
    }
}
