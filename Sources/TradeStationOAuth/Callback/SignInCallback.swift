import TradeStationModel

/// An authorization request and, if the redirect URI allows it, the local server that receives the response.
struct SignInCallback: Sendable {
    let request: AuthorizationRequest
    let server: (handler: CallbackHandler, listener: LoopbackListener)?

    /// Opens the callback for a registration.
    ///
    /// Without a redirect URI in the registration, the first free port of `limits` is used and advertised as
    /// `http://localhost:PORT`. The URI has no trailing slash because Auth0 compares the whole string. A redirect URI
    /// other than plain HTTP on this computer gets no server; the user pastes the redirect URL instead.
    ///
    /// - Parameter note: Receives a message for the user about each request that the server turns away.
    /// - Throws: ``AccountsError`` `callback_ports_busy`.
    static func open(
        registration: ClientRegistration,
        scopes: [String],
        random: RandomSource,
        limits: CallbackLimits,
        note: @escaping @Sendable (_ text: String) -> Void
    ) async throws(AccountsError) -> SignInCallback {
        func request(_ redirectURI: String) -> AuthorizationRequest {
            AuthorizationRequest(registration: registration, scopes: scopes, redirectURI: redirectURI, random: random)
        }
        func listen(_ request: AuthorizationRequest, port: Int, host: String, path: String) async -> Self? {
            // "localhost" can resolve to either address.
            let addresses = host == "localhost" ? ["127.0.0.1", "::1"] : [host]
            let handler = CallbackHandler(port: port, path: path, state: request.state, note: note)
            let listener = await LoopbackListener.open(
                port: port,
                addresses: addresses,
                connectionMilliseconds: limits.connectionMilliseconds,
                handler: handler
            )
            return listener.map { SignInCallback(request: request, server: (handler, $0)) }
        }

        guard limits.listens else {
            let redirectURI = registration.redirectURI ?? "http://localhost:\(limits.ports.first ?? 80)"
            return SignInCallback(request: request(redirectURI), server: nil)
        }
        if let redirectURI = registration.redirectURI {
            guard let address = RedirectAddress(redirectURI), let port = address.loopbackPort else {
                return SignInCallback(request: request(redirectURI), server: nil)
            }
            let callback = await listen(request(redirectURI), port: port, host: address.host, path: address.path)
            guard let callback else { throw portsBusy([port]) }
            return callback
        }
        for port in limits.ports {
            let redirectURI = "http://localhost:\(port)"
            if let callback = await listen(request(redirectURI), port: port, host: "localhost", path: "/") {
                return callback
            }
        }
        throw portsBusy(limits.ports)
    }

    private static func portsBusy(_ ports: [Int]) -> AccountsError {
        let list = ports.map(String.init).joined(separator: ", ")
        return AccountsError(
            .callbackPortsBusy,
            "No port is free to receive the browser's redirect (\(list)).",
            reason: "Other programs use these ports, or this user is not allowed to listen on them.",
            suggestion: "run the same command with --paste, or find the programs that use the ports: ss -ltnp"
        )
    }
}
