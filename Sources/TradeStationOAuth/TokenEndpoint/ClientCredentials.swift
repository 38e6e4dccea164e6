public import TradeStationModel

/// What a client presents at the token endpoint: its registration and, if it has one, its secret.
public struct ClientCredentials: Sendable {
    /// Who the client is and where it talks to.
    public var registration: ClientRegistration
    /// The client secret; nil for a public client.
    public var secret: Secret?

    /// A registration with its secret.
    public init(registration: ClientRegistration, secret: Secret?) {
        self.registration = registration
        self.secret = secret
    }
}
