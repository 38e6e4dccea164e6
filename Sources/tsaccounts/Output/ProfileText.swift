import TradeStationSessions

/// Profiles as text.
struct ProfileText {
    let now: Timestamp

    /// A profile as a JSON object, the same for every command.
    ///
    /// - Parameters:
    ///   - accounts: The brokerage accounts, if they were requested.
    ///   - lateResult: An answer that is kept beside the current tokens.
    func json(
        _ record: ProfileRecord,
        accounts: [BrokerageAccount]? = nil,
        lateResult: LateResult? = nil
    ) -> JSONText {
        let late = lateResult.map { late in
            (
                "late_result",
                JSONText.object([
                    ("attempt_id", .string(late.attemptID)), ("generation_before", .integer(Int64(late.generation))),
                ])
            )
        }
        let listed = accounts.map { ("brokerage_accounts", JSONText.array($0.map(json))) }
        return .object(members(record) + [late, listed].compactMap { $0 })
    }

    private func json(_ account: BrokerageAccount) -> JSONText {
        .object([
            ("id", .string(account.id)), ("type", .optional(account.type)), ("currency", .optional(account.currency)),
            ("status", .optional(account.status)),
        ])
    }

    private func members(_ record: ProfileRecord) -> [(String, JSONText)] {
        let (profile, login, key) = (record.profile, record.login, record.apiKey)
        return [
            ("name", .string(profile.name.text)),
            ("environment", .string(profile.environment.rawValue)),
            ("api_version", .string(profile.apiVersion.rawValue)),
            ("api_url", .string(profile.apiOrigin)),
            ("client_id", .string(key.registration.clientID)),
            ("login_id", .integer(login.id.rawValue)),
            ("username", .optional(login.identity.username)),
            ("subject", .optional(login.identity.subject)),
            ("state", .string(record.state.rawValue)),
            ("generation", .integer(Int64(login.generation))),
            ("access_expires_at", .optional(login.accessExpiresAt?.description)),
            ("access_expires_in_seconds", .optional(login.accessExpiresAt.map(seconds(until:)))),
            ("refresh_expires_at", .optional(login.refreshExpiresAt?.description)),
            ("sign_in_ends_at", .optional(login.absoluteExpiresAt?.description)),
            ("last_error", .optional(login.lastError ?? key.lastError)),
            ("not_before", .optional(record.notBefore?.description)),
            ("read_only", .bool(profile.isReadOnly)),
            ("accounts", profile.accounts.map { .array($0.map { .string($0) }) } ?? .null),
        ]
    }

    /// All profiles as one JSON object.
    func json(_ listing: ProfileListing) -> JSONText {
        .object([("profiles", .array(listing.profiles.map { json($0) } + listing.damaged.map(json)))])
    }

    /// A damaged profile as a JSON object: the members that depend on a damaged row are null.
    private func json(_ damaged: DamagedProfile) -> JSONText {
        let known = [
            "name": JSONText.string(damaged.name.printable(limit: 64)), "state": .string(Self.damagedState),
            "last_error": .string(damaged.error.code.rawValue),
        ]
        return .object(Self.memberNames.map { ($0, known[$0] ?? .null) })
    }

    /// The state of a damaged profile.
    private static let damagedState = "damaged"

    private static let memberNames = [
        "name", "environment", "api_version", "api_url", "client_id", "login_id", "username", "subject", "state",
        "generation", "access_expires_at", "access_expires_in_seconds", "refresh_expires_at", "sign_in_ends_at",
        "last_error", "not_before", "read_only", "accounts",
    ]

    /// What is damaged, and how to mend it.
    func failure(_ damaged: DamagedProfile) -> String {
        FailureText.plain(damaged.error, about: try? ProfileName(damaged.name))
    }

    /// A human-readable table of profiles.
    func table(_ listing: ProfileListing) -> [String] {
        let records = listing.profiles
        // Only the logins of rotating keys have these expiry times.
        let showsExpiries = records.contains { $0.login.refreshExpiresAt != nil || $0.login.absoluteExpiresAt != nil }
        let expiryTitles = showsExpiries ? ["REFRESH TOKEN", "SIGN-IN"] : []
        let rows =
            [["PROFILE", "ENVIRONMENT", "STATE", "USER", "LOGIN", "ACCESS TOKEN"] + expiryTitles + ["LAST ERROR"]]
            + records.map { record in
                let expiries = [record.login.refreshExpiresAt, record.login.absoluteExpiresAt].map {
                    $0.map(remaining) ?? "-"
                }
                return [
                    record.name.text,
                    record.profile.apiVersion == .v3
                        ? record.profile.environment.rawValue : "\(record.profile.environment.rawValue) v2",
                    record.state.rawValue, (record.login.identity.username ?? "-").printable(limit: 40),
                    String(record.login.id.rawValue), remaining(record.login.accessExpiresAt),
                ] + (showsExpiries ? expiries : []) + [record.login.lastError ?? record.apiKey.lastError ?? "-"]
            }
            + listing.damaged.map { damaged in
                [damaged.name.printable(limit: 64), "-", Self.damagedState, "-", "-", "-"]
                    + expiryTitles.map { _ in "-" } + [damaged.error.code.rawValue]
            }
        let widths = (0..<rows[0].count).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            var line = cells.joined(separator: "  ")
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }

    /// All details of a profile in human-readable form, one per line.
    ///
    /// - Parameters:
    ///   - accounts: The brokerage accounts, if they were requested.
    ///   - lateResult: An answer that is kept beside the current tokens.
    func page(_ record: ProfileRecord, accounts: [BrokerageAccount]?, lateResult: LateResult?) -> [String] {
        let (profile, login, key) = (record.profile, record.login, record.apiKey.registration)
        let facts: [(String, String?)] = [
            ("profile", profile.name.text), ("state", record.state.rawValue),
            ("environment", "\(profile.environment.rawValue) \(profile.apiVersion.rawValue)"),
            ("API", profile.apiOrigin), ("user", login.identity.username?.printable(limit: 80)),
            ("subject", login.identity.subject?.printable(limit: 80)), ("login", String(login.id.rawValue)),
            ("generation", String(login.generation)), ("scopes", login.scopes),
            ("access token", remaining(login.accessExpiresAt)),
            ("refresh token ends", login.refreshExpiresAt?.description),
            ("sign-in ends", login.absoluteExpiresAt?.description),
            ("last error", login.lastError ?? record.apiKey.lastError),
            ("next try from", record.notBefore?.description), ("API key", key.clientID),
            ("client auth", key.authentication.rawValue), ("PKCE", key.usesPKCE ? "on" : "off"),
            ("callback", key.redirectURI ?? "http://localhost on port 31022, 3001, 3000 or 8080"),
            ("sign-in page", key.authorizeURL.text), ("token endpoint", key.tokenURL.text),
            ("revocation", key.revokeURL?.text), ("rotation", rotation(record.apiKey)),
            ("read only", profile.isReadOnly ? "yes" : nil), ("fenced to", profile.accounts?.joined(separator: " ")),
            (
                "late result",
                lateResult.map { "of attempt \($0.attemptID); used if the current refresh token is refused" }
            ),
        ]
        let listed = (accounts ?? []).map { account -> (String, String?) in
            let texts = [account.id, account.type, account.currency, account.status].compactMap { $0 }
            return ("brokerage account", texts.joined(separator: "  ").printable(limit: 120))
        }
        return (facts + listed).compactMap { name, value in
            value.map { name + String(repeating: " ", count: max(1, 20 - name.count)) + $0 }
        }
    }

    /// A warning that a sign-in or a refresh token ends soon, and what to do. Nil if neither ends soon.
    func warning(_ record: ProfileRecord) -> String? {
        guard record.state == .ready || record.state == .degraded, record.endsSoon(at: now) else { return nil }
        let (name, login) = (record.name, record.login)
        let signInEndsFirst =
            login.absoluteExpiresAt.map {
                $0.milliseconds - now.milliseconds < RotationLimits.signInWarningMilliseconds
            }
            ?? false
        return signInEndsFirst
            ? "\(name): the sign-in ends \(login.absoluteExpiresAt?.description ?? "soon"). Try: tsaccounts login \(name)"
            : "\(name): the refresh token ends \(login.refreshExpiresAt?.description ?? "soon") unless it is used. "
                + "Try: tsaccounts refresh \(name)"
    }

    private func remaining(_ expiry: Timestamp?) -> String {
        guard let expiry else { return "none" }
        let left = seconds(until: expiry)
        if left <= 0 { return "expired" }
        if left < 120 { return "\(left) s left" }
        return left < 7200 ? "\(left / 60) min left" : "\(left / 3600) h \(left / 60 % 60) min left"
    }

    private func rotation(_ key: APIKey) -> String {
        guard key.rotation == .rotating else { return key.rotation.rawValue }
        let limits = key.registration.rotationLimits
        func lifetime(_ seconds: Int) -> String { seconds == 0 ? "unlimited" : "\(seconds) s" }
        return
            "rotating; lifetime of an unused refresh token: \(lifetime(limits.idleSeconds)), of a sign-in: \(lifetime(limits.absoluteSeconds))"
    }

    private func seconds(until expiry: Timestamp) -> Int64 {
        (expiry.milliseconds - now.milliseconds) / 1000
    }
}
