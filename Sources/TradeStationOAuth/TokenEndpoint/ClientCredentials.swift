package import TradeStationModel

/// A client's registration and, for a confidential client, its secret.
package struct ClientCredentials: Sendable {
    /// The client id, authentication method and endpoints.
    package var registration: ClientRegistration
    /// The client secret; nil for a public client.
    package var secret: Secret?

    /// Creates credentials.
    package init(registration: ClientRegistration, secret: Secret?) {
        self.registration = registration
        self.secret = secret
    }
}
