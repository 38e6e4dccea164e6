package import TradeStationModel

/// The tokens of a successful answer.
package struct TokenGrant: Sendable {
    /// The access token.
    package let accessToken: Secret
    /// The new refresh token; nil means that the one that was sent remains in use.
    package let refreshToken: Secret?
    /// The ID token, if the answer contains one.
    package let idToken: Secret?
    /// The lifetime of the access token, in seconds: 1 to 86,400.
    package let lifetimeSeconds: Int
    /// Whether the answer had no usable lifetime and 20 minutes are assumed.
    package let lifetimeWasAssumed: Bool
    /// The scopes that were granted, separated by spaces, if the answer contains them.
    package let scope: String?
    /// The HTTP status of the answer.
    package let httpStatus: Int

    /// The lifetime that TradeStation documents (Auth Code Flow page), for answers without one.
    static let assumedLifetimeSeconds = 1_200
    /// The maximum lifetime that is accepted.
    static let maximumLifetimeSeconds = 86_400
}
