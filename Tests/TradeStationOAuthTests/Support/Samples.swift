import TradeStationModel
import TradeStationOAuth

extension ClientRegistration {
    /// A registration with token and revocation endpoints on this computer.
    static func sample(
        port: Int = 1,
        authentication: ClientAuthentication = .post,
        redirectURI: String? = nil,
        scheme: String = "http",
        authorizeURL: String = "https://signin.example/authorize",
        usesPKCE: Bool = true,
        usesNonce: Bool = true
    ) throws -> ClientRegistration {
        ClientRegistration(
            clientID: "client-1",
            authentication: authentication,
            authorizeURL: try EndpointURL(authorizeURL),
            tokenURL: try EndpointURL("\(scheme)://localhost:\(port)/oauth/token"),
            revokeURL: try EndpointURL("\(scheme)://localhost:\(port)/oauth/revoke"),
            redirectURI: redirectURI,
            usesPKCE: usesPKCE,
            usesNonce: usesNonce
        )
    }
}

extension ClientCredentials {
    static func sample(port: Int, authentication: ClientAuthentication = .post, secret: String? = "s3cret") throws
        -> ClientCredentials
    {
        ClientCredentials(
            registration: try .sample(port: port, authentication: authentication),
            secret: secret.map(Secret.init)
        )
    }
}

extension RandomSource {
    /// A source that counts up, so that its values are predictable.
    static let counting = RandomSource { count in (0..<count).map { UInt8(truncatingIfNeeded: $0) } }
}

extension TokenAnswer {
    var grant: TokenGrant? {
        guard case .granted(let grant) = self else { return nil }
        return grant
    }

    var failure: TokenFailure? {
        guard case .failed(let failure) = self else { return nil }
        return failure
    }
}
