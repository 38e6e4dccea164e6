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

    /// The state of the profile at the given time. It is ``state``, except that a ready profile counts as
    /// ``ProfileState/degraded`` if ``mayHaveEnded(at:)`` returns true.
    public func state(at now: Timestamp) -> ProfileState {
        state == .ready && mayHaveEnded(at: now) ? .degraded : state
    }

    /// Whether the sign-in may have ended, or the refresh token may have expired because it was not used. Only the next
    /// refresh shows whether this is so.
    public func mayHaveEnded(at now: Timestamp) -> Bool {
        [possibleSignInEnd, possibleRefreshTokenEnd].contains { end in end.map { $0 <= now } ?? false }
    }

    /// Whether the sign-in ends soon, or the refresh token expires soon unless it is used.
    public func endsSoon(at now: Timestamp) -> Bool {
        func ends(_ end: Timestamp?, within milliseconds: Int64) -> Bool {
            end.map { $0 < now.advanced(byMilliseconds: milliseconds) } ?? false
        }
        return ends(possibleSignInEnd, within: RotationLimits.signInWarningMilliseconds)
            || ends(
                possibleRefreshTokenEnd,
                within: apiKey.registration.rotationLimits.refreshTokenWarningMilliseconds
            )
    }

    /// When the sign-in ends; nil if it does not end. While it is unknown whether the API key's refresh tokens rotate,
    /// this is the time at which the sign-in ends if they rotate.
    public var possibleSignInEnd: Timestamp? {
        login.absoluteExpiresAt
            ?? signInTimeIfRotationUnknown.flatMap(apiKey.registration.rotationLimits.signInEnd(signedInAt:))
    }

    /// When the refresh token ends if it is not used; nil if it does not end. While it is unknown whether the API key's
    /// refresh tokens rotate, this is the time at which the token ends if they rotate.
    public var possibleRefreshTokenEnd: Timestamp? {
        login.refreshExpiresAt
            ?? signInTimeIfRotationUnknown.flatMap(apiKey.registration.rotationLimits.refreshTokenEnd(issuedAt:))
    }

    /// When the user signed in, while it is unknown whether the API key's refresh tokens rotate; otherwise nil.
    private var signInTimeIfRotationUnknown: Timestamp? {
        apiKey.rotation == .unknown && login.state == .ready ? login.signedInAt : nil
    }

    /// The end of the pause that follows a failure or that the server asked for; nil if none was set.
    public var notBefore: Timestamp? {
        [login.notBefore, apiKey.notBefore].compactMap { $0 }.max()
    }
}
