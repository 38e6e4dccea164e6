public import TradeStationModel

/// The tokens that an answer brought.
public struct TokenGrant: Sendable {
    /// The access token.
    public let accessToken: Secret
    /// The new refresh token; nil means the one that was sent stays in use.
    public let refreshToken: Secret?
    /// The ID token, if the answer has one.
    public let idToken: Secret?
    /// How long the access token lives, in seconds: 1 to 86,400.
    public let lifetimeSeconds: Int
    /// Whether the answer named no usable lifetime, so that 20 minutes were assumed.
    public let lifetimeWasAssumed: Bool
    /// The scopes that were granted, separated by spaces, if the answer names them.
    public let scope: String?
    /// The status of the answer.
    public let httpStatus: Int

    /// The lifetime that TradeStation documents (Auth Code Flow page), for answers that name none.
    public static let assumedLifetimeSeconds = 1_200
    /// The longest lifetime that is believed.
    public static let maximumLifetimeSeconds = 86_400

    /// What an answer brought.
    public init(
        accessToken: Secret,
        refreshToken: Secret?,
        idToken: Secret?,
        lifetimeSeconds: Int,
        lifetimeWasAssumed: Bool,
        scope: String?,
        httpStatus: Int
    ) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.idToken = idToken
        self.lifetimeSeconds = lifetimeSeconds
        self.lifetimeWasAssumed = lifetimeWasAssumed
        self.scope = scope
        self.httpStatus = httpStatus
    }
}
