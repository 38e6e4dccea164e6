package import TradeStationModel

/// Told of a refresh token that was saved and is not the one from before: the profile (one of them, where several share
/// a sign-in) and the token. It is called on the store's own queue and may block: until it returns, nobody gets the
/// tokens that came with it.
package typealias RotationListener = @Sendable (_ profile: ProfileName, _ refreshToken: Secret) -> Void

extension StoreTransaction {
    /// What a listener has to be told when `tokens` are about to be saved: nothing if they keep the refresh token.
    func rotation(to tokens: TokenSet, of login: Login, key: APIKey) throws -> (ProfileName, Secret)? {
        guard let new = tokens.refreshToken, try secrets.token(.refreshToken, of: login, key: key) != new,
            let name = try profiles.anyName(on: login.id)
        else { return nil }
        return (name, new)
    }
}
