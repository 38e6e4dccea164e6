import TradeStationSessions

/// What a hook can be for.
enum HookEvent: String, CaseIterable, Sendable {
    /// A login has new tokens: from a refresh or a sign-in by any program.
    case refreshed
    /// Refreshing started to fail.
    case degraded
    /// Refreshing works again.
    case recovered
    /// The user has to sign in.
    case needsLogin = "needs_login"
    /// The sign-in ends within two hours.
    case signInEndsSoon = "sign_in_ends_soon"

    /// The event of a change that a session manager reports.
    init(_ kind: SessionEvent.Kind) {
        self =
            switch kind {
            case .refreshed, .adopted: .refreshed
            case .degraded: .degraded
            case .recovered: .recovered
            case .needsLogin: .needsLogin
            case .signInEndsSoon: .signInEndsSoon
            }
    }

    /// All events, for messages.
    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
