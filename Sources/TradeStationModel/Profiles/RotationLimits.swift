/// The lifetimes of refresh tokens and sign-ins, for an API key whose refresh tokens rotate.
///
/// According to TradeStation's documentation, an unused refresh token lives 30 minutes (page "Refresh Tokens") or 40
/// (page "Auth Overview"), and a sign-in 24 hours. When each period starts is unconfirmed. The defaults assume the
/// shorter lifetime and the earliest possible start. The limits only decide when to refresh ahead of time and when to
/// warn: no request is refused because of them.
public struct RotationLimits: Hashable, Sendable {
    /// The lifetime of an unused refresh token, in seconds; 0 means that it does not expire.
    public var idleSeconds: Int
    /// The lifetime of a sign-in, in seconds; 0 means that it does not end.
    public var absoluteSeconds: Int

    /// The longest lifetime that can be set, in seconds: ten years.
    package static let longest = 315_360_000

    /// Creates limits; the defaults are TradeStation's.
    public init(idleSeconds: Int = 1800, absoluteSeconds: Int = 86_400) {
        self.idleSeconds = idleSeconds
        self.absoluteSeconds = absoluteSeconds
    }

    /// Returns when a refresh token ends; nil if it does not expire.
    package func refreshTokenEnd(issuedAt: Timestamp) -> Timestamp? {
        idleSeconds > 0 ? issuedAt.advanced(byMilliseconds: Int64(idleSeconds) * 1000) : nil
    }

    /// Returns when a sign-in ends; nil if it does not end.
    package func signInEnd(signedInAt: Timestamp) -> Timestamp? {
        absoluteSeconds > 0 ? signedInAt.advanced(byMilliseconds: Int64(absoluteSeconds) * 1000) : nil
    }
}

extension RotationLimits {
    /// How long before the end of a sign-in a warning is given, in milliseconds: two hours.
    package static let signInWarningMilliseconds: Int64 = 7_200_000

    /// How long before the end of an unused refresh token a warning is given, in milliseconds: a sixth of its lifetime,
    /// for example five minutes of TradeStation's thirty.
    package var refreshTokenWarningMilliseconds: Int64 { Int64(idleSeconds) * 1000 / 6 }
}
