/// A profile with its login and API key. It contains no secret.
public struct ProfileRecord: Hashable, Sendable {
    /// The profile.
    public var profile: Profile
    /// The login of the profile.
    public var login: Login
    /// The API key of the login.
    public var apiKey: APIKey

    /// The name of the profile.
    public var name: ProfileName { profile.name }

    /// Creates a record.
    package init(profile: Profile, login: Login, apiKey: APIKey) {
        self.profile = profile
        self.login = login
        self.apiKey = apiKey
    }

    /// The state of the profile.
    public var state: ProfileState {
        if apiKey.state == .badClient { return .badClient }
        switch login.state {
        case .new: return .new
        case .needsLogin: return .needsLogin
        case .held: return .held
        case .ready: break
        }
        // A failing login stays degraded while its next attempt runs.
        if login.failures > 0 { return .degraded }
        return login.attempt == nil ? .ready : .refreshing
    }

    /// Whether the sign-in ends soon, or the refresh token expires soon unless it is used.
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

    /// The end of the pause that follows a failure or that the server asked for; nil if none was set.
    public var notBefore: Timestamp? {
        [login.notBefore, apiKey.notBefore].compactMap { $0 }.max()
    }
}
