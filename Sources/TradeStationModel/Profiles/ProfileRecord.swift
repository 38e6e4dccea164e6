/// A profile together with the login and the API key it stands on. Holds no secret.
public struct ProfileRecord: Hashable, Sendable {
    /// The profile.
    public var profile: Profile
    /// Its login.
    public var login: Login
    /// Its API key.
    public var apiKey: APIKey

    /// The name of the profile.
    public var name: ProfileName { profile.name }

    /// The three, joined.
    public init(profile: Profile, login: Login, apiKey: APIKey) {
        self.profile = profile
        self.login = login
        self.apiKey = apiKey
    }

    /// The state as people speak of it.
    public var state: ProfileState {
        if apiKey.state == .badClient { return .badClient }
        switch login.state {
        case .new: return .new
        case .needsLogin: return .needsLogin
        case .held: return .held
        case .ready: break
        }
        // What failed stays degraded while the next attempt is under way.
        if login.failures > 0 { return .degraded }
        return login.attempt == nil ? .ready : .refreshing
    }

    /// Whether the sign-in, or a refresh token that nobody uses, is about to end.
    public func endsSoon(at now: Timestamp) -> Bool {
        func ends(_ end: Timestamp?, within milliseconds: Int64) -> Bool {
            end.map { $0 < now.advanced(byMilliseconds: milliseconds) } ?? false
        }
        return ends(login.absoluteExpiresAt, within: RotationLimits.signInWarningMilliseconds)
            || ends(
                login.refreshExpiresAt,
                within: apiKey.registration.rotationLimits.refreshTokenWarningMilliseconds
            )
    }

    /// Until when failures or a pause are waited out; nil when nothing is.
    public var notBefore: Timestamp? {
        [login.notBefore, apiKey.notBefore].compactMap { $0 }.max()
    }
}
