import TradeStationModel

/// What a caller of a refresh waits for.
package struct RefreshWait: Hashable, Sendable {
    /// The part of a refresh that takes the time.
    package enum Cause: Hashable, Sendable {
        /// The store is read or written.
        case store
        /// Another process holds the lock of the login.
        case lock
        /// The next request is not due yet: the server asked for a pause, or the last refresh failed.
        case pause
        /// The name of the sign-in server is looked up.
        case nameLookUp
        /// The sign-in server has not answered yet.
        case answer
        /// The new tokens are being saved.
        case saving
    }

    /// The profile whose refresh it is.
    package let profile: ProfileName
    /// What the caller waits for; nil when the refresh is over.
    package let cause: Cause?
    /// How long the wait takes, in milliseconds, if that is known.
    package let milliseconds: Int64?

    /// Creates a description of a wait.
    package init(profile: ProfileName, cause: Cause?, milliseconds: Int64?) {
        self.profile = profile
        self.cause = cause
        self.milliseconds = milliseconds
    }
}

extension RefreshFlight.Phase {
    /// What callers wait for in this phase.
    var cause: RefreshWait.Cause {
        switch self {
        case .reading, .recording: .store
        case .locking: .lock
        case .pausing: .pause
        case .lookingUp: .nameLookUp
        case .exchanging: .answer
        case .saving: .saving
        }
    }
}
