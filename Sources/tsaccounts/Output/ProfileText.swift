import TradeStationBroker
import TradeStationSessions

/// Profiles as JSON.
struct ProfileText {
    let now: Timestamp
    /// The quotas of a login.
    private let quotas: @Sendable (Login.ID) -> [APIQuota]

    /// Profiles without their quotas.
    init(now: Timestamp) {
        self.now = now
        quotas = { _ in [] }
    }

    init(_ manager: SessionManager, now: Timestamp = SystemClock().wallTime()) {
        self.now = now
        quotas = { manager.quotas(of: $0) }
    }

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
        let time = TimeText(now: now, zone: .utc)
        let accounts: JSONText = profile.accounts.map { .array($0.map { .string($0) }) } ?? .null
        let quotas: [JSONText] = quotas(login.id).map(QuotaText(time: time).json)
        let own: [(String, JSONText)] = [
            ("name", .string(profile.name.text)),
            ("environment", .string(profile.environment.rawValue)),
            ("api_version", .string(profile.apiVersion.rawValue)),
            ("api_url", .string(profile.apiOrigin)),
            ("client_id", .string(key.registration.clientID)),
            ("login_id", .integer(login.id.rawValue)),
            ("username", .optional(login.identity.username)),
            ("subject", .optional(login.identity.subject)),
            ("state", .string(record.state(at: now).rawValue)),
            ("generation", .integer(Int64(login.generation))),
            ("access_expires_at", .optional(record.shownAccessExpiry?.description)),
            ("access_expires_in_seconds", .optional(record.shownAccessExpiry.map(time.secondsLeft(until:)))),
            ("refresh_expires_at", .optional(login.refreshExpiresAt?.description)),
            ("sign_in_ends_at", .optional(login.absoluteExpiresAt?.description)),
            // The ends that apply if the API key rotates, while no exchange has shown whether it does.
            ("refresh_may_expire_at", .optional(record.possibleRefreshTokenEnd?.description)),
            ("sign_in_may_end_at", .optional(record.possibleSignInEnd?.description)),
            ("last_error", .optional(record.error)),
            ("not_before", .optional(record.notBefore?.description)),
            ("read_only", .bool(profile.isReadOnly)),
            ("accounts", accounts),
            ("scopes", .array(login.scopes.split(separator: " ").map { .string(String($0)) })),
            ("try", .optional(ProfileAdvice(for: record, time)?.command)),
        ]
        return own + members(key) + [("quotas", .array(quotas))]
    }

    private func members(_ key: APIKey) -> [(String, JSONText)] {
        let registration = key.registration
        let limits = registration.rotationLimits
        return [
            ("client_auth", .string(registration.authentication.rawValue)),
            ("pkce", .bool(registration.usesPKCE)),
            ("redirect_uri", .optional(registration.redirectURI)),
            ("authorize_url", .string(registration.authorizeURL.text)),
            ("token_url", .string(registration.tokenURL.text)),
            ("revoke_url", .optional(registration.revokeURL?.text)),
            ("rotation", .string(key.rotation.rawValue)),
            ("idle_seconds", .integer(Int64(limits.idleSeconds))),
            ("absolute_seconds", .integer(Int64(limits.absoluteSeconds))),
        ]
    }

    /// All profiles as one JSON object.
    func json(_ listing: ProfileListing) -> JSONText {
        .object([("profiles", .array(listing.profiles.map { json($0) } + listing.damaged.map(json)))])
    }

    /// A damaged profile as a JSON object: the members that depend on a damaged row are null.
    private func json(_ damaged: DamagedProfile) -> JSONText {
        let known = [
            "name": JSONText.string(damaged.shownName), "state": .string(Self.damagedState),
            "last_error": .string(damaged.error.code.rawValue), "try": .optional(FailureText.suggestion(damaged.error)),
        ]
        return .object(Self.memberNames.map { ($0, known[$0] ?? .null) })
    }

    /// The state of a damaged profile.
    static let damagedState = "damaged"

    private static let memberNames = [
        "name", "environment", "api_version", "api_url", "client_id", "login_id", "username", "subject", "state",
        "generation", "access_expires_at", "access_expires_in_seconds", "refresh_expires_at", "sign_in_ends_at",
        "refresh_may_expire_at", "sign_in_may_end_at", "last_error", "not_before", "read_only", "accounts", "scopes",
        "try", "client_auth", "pkce", "redirect_uri", "authorize_url", "token_url", "revoke_url", "rotation",
        "idle_seconds", "absolute_seconds", "quotas",
    ]

    /// What is damaged, and how to mend it.
    func failure(_ damaged: DamagedProfile) -> String {
        FailureText.plain(damaged.error, about: try? ProfileName(damaged.name))
    }
}
