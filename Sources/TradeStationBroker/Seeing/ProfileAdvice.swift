package import TradeStationSessions

/// What is wrong with a profile, or soon will be, and the command that mends it.
package struct ProfileAdvice: Sendable {
    /// What is wrong, as a sentence.
    package let problem: String
    /// The command that mends it.
    package let command: String
    /// Whether a user has to act before the profile can be refreshed again.
    package let needsUser: Bool

    /// - Returns: nil if the profile needs nothing.
    package init?(for record: ProfileRecord, _ time: TimeText) {
        let name = record.name
        switch record.state {
        case .new:
            self.init(
                record.login.erasure == nil ? "No user has signed in yet." : "The user is signed out on this machine.",
                "tsaccounts login \(name)"
            )
        case .needsLogin:
            self.init(
                record.login.erasure == nil
                    ? "The sign-in has ended: the server no longer accepts the refresh token."
                    : "The sign-in was revoked with tsaccounts revoke.",
                "tsaccounts login \(name)"
            )
        case .held: self.init("The sign-in is on hold until the user signs in again.", "tsaccounts login \(name)")
        case .badClient:
            let hasSecret = record.apiKey.registration.authentication != .none
            self.init(
                "The sign-in server refuses the API key: its client ID is unknown or disabled"
                    + (hasSecret ? ", or its secret is wrong." : "."),
                (hasSecret ? "tsaccounts set \(name) --secret-file FILE && " : "") + "tsaccounts refresh \(name)"
            )
        case .degraded where record.login.lastError == AccountsError.Code.refusedRepeatedly.rawValue:
            self.init("The sign-in server has refused several refreshes in a row.", "tsaccounts login \(name)")
        case .degraded:
            let next = record.pauseEnd(after: time.now).map { " The next attempt is due \(time.pointAndDistance($0))." }
            self.init(
                "The last refresh failed\(record.login.lastError.map { " (\($0.printable(limit: 60)))" } ?? "").\(next ?? "")",
                "tsaccounts refresh \(name)",
                needsUser: false
            )
        case .ready, .refreshing:
            guard record.endsSoon(at: time.now) else { return nil }
            if record.mayHaveEnded(at: time.now) {
                let isSignIn = record.possibleSignInEnd.map { $0 <= time.now } ?? false
                let end = isSignIn ? record.possibleSignInEnd : record.possibleRefreshTokenEnd
                self.init(
                    "The \(isSignIn ? "sign-in" : "refresh token") may have ended"
                        + "\(end.map { " \(time.pointAndDistance($0))" } ?? ""); a refresh shows whether it has.",
                    "tsaccounts refresh \(name)",
                    needsUser: false
                )
            } else if let end = record.possibleSignInEnd, record.signInEndsSoon(at: time.now) {
                self.init("Sign in by \(time.pointAndDistance(end)).", "tsaccounts login \(name)", needsUser: false)
            } else if let end = record.possibleRefreshTokenEnd {
                self.init(
                    "The refresh token ends \(time.pointAndDistance(end)) unless it is used.",
                    "tsaccounts refresh \(name)",
                    needsUser: false
                )
            } else {
                return nil
            }
        }
    }

    private init(_ problem: String, _ command: String, needsUser: Bool = true) {
        self.problem = problem
        self.command = PastableCommand(command).text
        self.needsUser = needsUser
    }
}

extension ProfileRecord {
    /// The end of the pause before the next refresh; nil if there is none, or if it is over.
    package func pauseEnd(after now: Timestamp) -> Timestamp? {
        notBefore.flatMap { $0 > now ? $0 : nil }
    }

    /// Whether the sign-in of a rotating key ends within two hours.
    fileprivate func signInEndsSoon(at now: Timestamp) -> Bool {
        possibleSignInEnd.map {
            $0 < now.advanced(byMilliseconds: RotationLimits.signInWarningMilliseconds)
        } ?? false
    }
}
