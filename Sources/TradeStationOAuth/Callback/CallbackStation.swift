import TradeStationModel

/// Where one sign-in waits for its answer: the request, and the callback if the browser can come back by itself.
struct CallbackStation: Sendable {
    let request: AuthorizationRequest
    let callback: (desk: CallbackDesk, listener: LoopbackListener)?

    /// Opens the callback for a registration.
    ///
    /// Without a redirect URI of its own: the first free port of the list, advertised as `http://localhost:PORT`
    /// without a slash, because Auth0 compares the whole string. A redirect URI that is not plain HTTP on this
    /// machine has no callback; its answer has to be pasted.
    ///
    /// - Throws: ``AccountsError`` `callback_ports_busy`.
    static func open(
        registration: ClientRegistration,
        scopes: [String],
        random: RandomSource,
        limits: CallbackLimits
    ) async throws(AccountsError) -> CallbackStation {
        func request(_ redirectURI: String) -> AuthorizationRequest {
            AuthorizationRequest(registration: registration, scopes: scopes, redirectURI: redirectURI, random: random)
        }
        func station(_ request: AuthorizationRequest, port: Int, hosts: [String], path: String) async -> Self? {
            // A name may lead to either address; an address only to itself.
            let addresses = hosts.contains("localhost") ? ["127.0.0.1", "::1"] : hosts
            let desk = CallbackDesk(
                hosts: CallbackDesk.hostValues(hosts, port: port),
                path: path,
                state: request.state
            )
            let listener = await LoopbackListener.open(
                port: port,
                addresses: addresses,
                connectionMilliseconds: limits.connectionMilliseconds,
                desk: desk
            )
            return listener.map { CallbackStation(request: request, callback: (desk, $0)) }
        }

        guard limits.listens else {
            let redirectURI = registration.redirectURI ?? "http://localhost:\(limits.ports.first ?? 80)"
            return CallbackStation(request: request(redirectURI), callback: nil)
        }
        if let redirectURI = registration.redirectURI {
            guard let address = RedirectAddress(redirectURI), let port = address.loopbackPort else {
                return CallbackStation(request: request(redirectURI), callback: nil)
            }
            let own = await station(request(redirectURI), port: port, hosts: [address.host], path: address.path)
            guard let own else { throw busy([port]) }
            return own
        }
        for port in limits.ports {
            let hosts = ["localhost", "127.0.0.1", "::1"]
            if let free = await station(request("http://localhost:\(port)"), port: port, hosts: hosts, path: "/") {
                return free
            }
        }
        throw busy(limits.ports)
    }

    private static func busy(_ ports: [Int]) -> AccountsError {
        let list = ports.map(String.init).joined(separator: ", ")
        return AccountsError(
            .callbackPortsBusy,
            "The browser cannot come back: no callback port is free (\(list)).",
            reason: "Other programs listen there, or this user may not.",
            suggestion: "the same command with --paste; ss -ltnp names the programs"
        )
    }
}
