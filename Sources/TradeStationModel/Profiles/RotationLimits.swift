/// How long the refresh tokens and sign-ins of a rotating key live.
///
/// TradeStation's pages say 30 minutes (Refresh Tokens) or 40 (Auth Overview), and 24 hours; which events they count
/// from is unconfirmed. The shorter one and the earliest event are taken here, and both can be set per key. Nothing is
/// refused because of them: they say when to refresh ahead and when to warn.
public struct RotationLimits: Hashable, Sendable {
    /// A refresh token ends this many seconds after it was issued; 0 means never.
    public var idleSeconds: Int
    /// A sign-in ends this many seconds after the user signed in; 0 means never.
    public var absoluteSeconds: Int

    /// The longest life that can be set: ten years, in seconds.
    public static let longest = 315_360_000

    /// Limits, by default TradeStation's.
    public init(idleSeconds: Int = 1800, absoluteSeconds: Int = 86_400) {
        self.idleSeconds = idleSeconds
        self.absoluteSeconds = absoluteSeconds
    }

    /// When a refresh token that was issued at that time ends.
    public func refreshTokenEnd(issuedAt: Timestamp) -> Timestamp? {
        idleSeconds > 0 ? issuedAt.advanced(byMilliseconds: Int64(idleSeconds) * 1000) : nil
    }

    /// When a sign-in that was made at that time ends.
    public func signInEnd(signedInAt: Timestamp) -> Timestamp? {
        absoluteSeconds > 0 ? signedInAt.advanced(byMilliseconds: Int64(absoluteSeconds) * 1000) : nil
    }
}

extension RotationLimits {
    /// How long before its end a sign-in is warned about, in milliseconds: two hours.
    public static let signInWarningMilliseconds: Int64 = 7_200_000

    /// How long before its end an unused refresh token is warned about, in milliseconds: a sixth of its life, which is
    /// five of TradeStation's thirty minutes.
    public var refreshTokenWarningMilliseconds: Int64 { Int64(idleSeconds) * 1000 / 6 }
}
