import TradeStationModel
import TradeStationOAuth

/// The tokens that the server returned for an authorization code, and what the user and the audit learn about them.
struct SignInGrant: Sendable {
    let tokens: TokenSet
    let identity: Identity
    /// What the audit says about the answer besides the tokens.
    let detail: [String: String]
    /// Why this sign-in will end with its access token; nil if it has a refresh token.
    let warning: String?
    let httpStatus: Int
    let durationMilliseconds: Int

    init(_ grant: TokenGrant, sent: Moment, received: Moment) {
        tokens = TokenSet(
            accessToken: grant.accessToken,
            refreshToken: grant.refreshToken,
            idToken: grant.idToken,
            expiresAt: sent.advanced(byMilliseconds: Int64(grant.lifetimeSeconds) * 1000),
            lifetimeSeconds: grant.lifetimeSeconds
        )
        identity = TokenClaims.identity(idToken: grant.idToken, accessToken: grant.accessToken)
        detail = Self.detail(of: grant)
        warning = Self.warning(about: grant)
        httpStatus = grant.httpStatus
        durationMilliseconds = Int(received.bootMilliseconds - sent.bootMilliseconds)
    }

    private static func detail(of grant: TokenGrant) -> [String: String] {
        var detail = grant.lifetimeDetail
        if case .unusable(let reason) = grant.issuedRefreshToken { detail["refresh_token"] = reason }
        return detail
    }

    private static func warning(about grant: TokenGrant) -> String? {
        switch grant.issuedRefreshToken {
        case .token: nil
        case .unusable(let reason):
            "The refresh token that the sign-in server returned cannot be kept. \(reason) This sign-in ends when its "
                + "access token expires."
        case .none, .empty:
            "The sign-in server returned no refresh token: this sign-in ends when its access token expires. Request the "
                + "scope offline_access."
        }
    }
}
