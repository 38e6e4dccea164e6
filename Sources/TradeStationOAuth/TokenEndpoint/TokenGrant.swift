package import TradeStationModel

/// The tokens of a successful answer.
package struct TokenGrant: Sendable {
    /// The access token.
    package let accessToken: Secret
    /// The refresh token in the answer, or why it cannot be kept.
    package let issuedRefreshToken: IssuedRefreshToken
    /// The ID token, if the answer contains one.
    package let idToken: Secret?
    /// The lifetime of the access token, in seconds: 1 to 86,400.
    package let lifetimeSeconds: Int
    /// Where the lifetime comes from.
    package let lifetimeOrigin: LifetimeOrigin
    /// The scopes that were granted, separated by spaces, if the answer contains them.
    package let scope: String?
    /// The HTTP status of the answer.
    package let httpStatus: Int

    /// The new refresh token; nil means that the one that was sent remains in use.
    package var refreshToken: Secret? { issuedRefreshToken.token }

    /// Where the lifetime comes from, for the audit; empty if it is the `expires_in` of the answer.
    package var lifetimeDetail: [String: String] {
        lifetimeOrigin == .expiresIn ? [:] : ["expires_in": lifetimeOrigin.rawValue]
    }

    /// Where the lifetime of an access token comes from.
    package enum LifetimeOrigin: String, Hashable, Sendable {
        /// The `expires_in` of the answer.
        case expiresIn = "expires_in"
        /// An `expires_in` that is a point in time instead of a number of seconds.
        case pointInTime = "point_in_time"
        /// The `exp` of the access token, because the answer has no usable `expires_in`, or one that ends later.
        case accessToken = "access_token"
        /// An `expires_in` of more than a day, for which the lifetime that TradeStation documents is assumed.
        case limited
        /// The answer states no lifetime, so the one that TradeStation documents is assumed.
        case assumed
    }
}
