import TradeStationBroker
import TradeStationSessions

/// All details of a profile in human-readable form, for `show`.
struct ProfilePage {
    let display: Display
    /// The quotas of the profile's login.
    var quotas: [APIQuota] = []

    private var time: TimeText { display.time }

    /// The details, one per line.
    ///
    /// - Parameters:
    ///   - accounts: The brokerage accounts, if they were requested.
    ///   - lateResult: An answer that is kept beside the current tokens.
    func lines(_ record: ProfileRecord, accounts: [BrokerageAccount]?, lateResult: LateResult?) -> [String] {
        let listed = (accounts ?? []).map { account -> (String, String?) in
            let texts = [account.id, account.type, account.currency, account.status].compactMap { $0 }
            return ("brokerage account", texts.joined(separator: "  ").printable(limit: 120))
        }
        let quota = QuotaText(time: time)
        let left = quotas.map { one in
            ("quota", quota.line(one).map { "\(one.resource ?? "-"): \($0)" })
        }
        return (facts(record, lateResult) + left + listed).compactMap { name, value in
            value.map { name.padding(to: 20) + $0.printable(limit: 2_048) }
        }
    }

    private func facts(_ record: ProfileRecord, _ lateResult: LateResult?) -> [(String, String?)] {
        let (profile, login, key) = (record.profile, record.login, record.apiKey.registration)
        return [
            ("profile", profile.name.text), ("state", record.stateText(at: time.now)),
            ("next", ProfileAdvice(for: record, time).map { "\($0.problem) Try: \($0.command)" }),
            ("environment", "\(profile.environment == .live ? "LIVE" : "sim") \(profile.apiVersion.rawValue)"),
            ("API", profile.apiOrigin), ("user", login.identity.username?.printable(limit: 80)),
            ("subject", login.identity.subject?.printable(limit: 80)), ("login", String(login.id.rawValue)),
            ("generation", String(login.generation)), ("scopes", login.scopes),
            ("access token", accessToken(login)),
            ("refresh token", record.possibleRefreshTokenEnd.map { "\(expiry($0)) if unused" }),
            ("sign in by", record.possibleSignInEnd.map(time.pointAndDistance)),
            ("last error", record.error),
            ("next attempt", record.pauseEnd(after: time.now).map { "not before \(time.pointAndDistance($0))" }),
            ("API key", key.clientID),
            ("client auth", key.authentication.rawValue), ("PKCE", key.usesPKCE ? "on" : "off"),
            ("callback", key.redirectURI ?? "http://localhost on port 31022, 3001, 3000 or 8080"),
            ("sign-in page", key.authorizeURL.text), ("token endpoint", key.tokenURL.text),
            ("revocation", key.revokeURL?.text), ("rotation", rotation(record.apiKey)),
            ("read-only", profile.isReadOnly ? "yes" : nil), ("limited to", profile.accounts?.joined(separator: " ")),
            (
                "late result",
                lateResult.map {
                    "of attempt \($0.attemptID); its tokens will be used if the current refresh token is refused"
                }
            ),
        ]
    }

    private func accessToken(_ login: Login) -> String {
        login.state == .held ? "not used, because the sign-in is on hold" : login.accessExpiresAt.map(expiry) ?? "none"
    }

    private func expiry(_ end: Timestamp) -> String {
        end <= time.now ? "expired \(time.pointAndDistance(end))" : "ends \(time.pointAndDistance(end))"
    }

    private func rotation(_ key: APIKey) -> String {
        guard key.rotation == .rotating else { return key.rotation.rawValue }
        let limits = key.registration.rotationLimits
        func lifetime(_ seconds: Int) -> String {
            seconds == 0 ? "unlimited" : TimeText.duration(Int64(seconds))
        }
        return "rotating; lifetime of an unused refresh token: \(lifetime(limits.idleSeconds)), "
            + "of a sign-in: \(lifetime(limits.absoluteSeconds))"
    }
}
