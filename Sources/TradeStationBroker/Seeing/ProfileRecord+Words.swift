package import TradeStationSessions

extension ProfileRecord {
    /// The environment, so that nobody mistakes real accounts for simulated ones: `LIVE`, `LIVE v2` or `sim`.
    package var environmentText: String {
        let name = profile.environment == .live ? "LIVE" : profile.environment.rawValue
        return profile.apiVersion == .v3 ? name : "\(name) \(profile.apiVersion.rawValue)"
    }

    /// The state at the given time, in words. A login whose tokens were erased was signed out; it is not new.
    package func stateText(at now: Timestamp) -> String {
        state == .new && login.erasure == .signedOut ? "signed out" : state(at: now).rawValue
    }

    /// A sign for the state at a time; with it, a color is never the only sign.
    package func stateSymbol(at now: Timestamp) -> String {
        switch state(at: now) {
        case .ready: "●"
        case .refreshing: "◐"
        case .degraded: "▲"
        case .new: "○"
        case .needsLogin, .held, .badClient: "✕"
        }
    }

    /// How urgent the state at a time is, from 0 for ready.
    package func urgency(at now: Timestamp) -> Int {
        switch state(at: now) {
        case .ready, .refreshing: endsSoon(at: now) ? 1 : 0
        case .degraded: 2
        case .new, .needsLogin, .held: 3
        case .badClient: 4
        }
    }

    /// The last error of the login or its API key.
    package var error: String? { login.lastError ?? apiKey.lastError }

    /// When the access token expires; nil if there is none, or if it may not be used because the sign-in is on hold.
    package var shownAccessExpiry: Timestamp? { login.state == .held ? nil : login.accessExpiresAt }

    /// Whether the profile has a fence (a limit on what it may do).
    package var isFenced: Bool { profile.isReadOnly || profile.accounts != nil }

    /// The fences, for example `read-only, 11000001`.
    package var fenceText: String {
        guard isFenced else { return "-" }
        return ((profile.isReadOnly ? ["read-only"] : []) + (profile.accounts ?? [])).joined(separator: ", ")
    }
}

extension DamagedProfile {
    /// The name as it is shown, and as users type it if it is no valid name.
    package var shownName: String { name.printable(limit: 64) }
}
