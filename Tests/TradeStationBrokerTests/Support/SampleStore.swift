import TradeStationModel

@testable import TradeStationBroker

/// Profiles and audit rows that tests make up.
enum SampleStore {
    /// A Sunday, 09:31 in UTC.
    static let now = Timestamp(milliseconds: 1_795_944_660_000)

    static func at(_ seconds: Int64) -> Timestamp { now.advanced(byMilliseconds: seconds * 1000) }

    /// A profile. Times are in seconds from ``now``.
    static func record(
        _ name: String = "swing",
        login id: Int64 = 1,
        environment: Environment = .live,
        state: Login.State = .ready,
        keyState: APIKey.State = .ready,
        failures: Int = 0,
        lastError: String? = nil,
        attempt: Bool = false,
        generation: Int = 3,
        expiresIn: Int64? = 600,
        signInEndsIn: Int64? = nil,
        notBefore: Int64? = nil,
        accounts: [String]? = nil
    ) throws -> ProfileRecord {
        let key = APIKey(
            id: .init(rawValue: 1),
            registration: try ClientRegistration.tradeStation(clientID: "k", authentication: .post),
            rotation: signInEndsIn == nil ? .static : .rotating,
            state: keyState,
            lastError: nil,
            notBefore: nil,
            createdAt: now
        )
        let login = Login(
            id: .init(rawValue: id),
            apiKeyID: key.id,
            identity: Identity(),
            scopes: "",
            state: state,
            generation: generation,
            accessExpiresAt: expiresIn.map(at),
            signedInAt: at(-3600),
            refreshExpiresAt: nil,
            absoluteExpiresAt: signInEndsIn.map(at),
            attempt: attempt ? Attempt(id: String(repeating: "a", count: 32), startedAt: now) : nil,
            failures: failures,
            lastError: lastError,
            notBefore: notBefore.map(at),
            createdAt: now
        )
        let profile = Profile(
            id: .init(rawValue: Int64(name.hashValue)),
            name: try ProfileName(name),
            loginID: login.id,
            environment: environment,
            apiVersion: .v3,
            apiURL: nil,
            isReadOnly: false,
            accounts: accounts,
            createdAt: now
        )
        return ProfileRecord(profile: profile, login: login, apiKey: key)
    }

    /// An audit row, `seconds` from ``now``.
    static func row(
        _ event: String,
        _ seconds: Int64,
        login: Int64 = 1,
        profile: String = "swing",
        generation: (before: Int64, after: Int64)? = nil,
        expiresIn: Int64? = nil,
        outcome: String? = nil,
        httpStatus: Int64? = nil,
        waiters: Int64? = nil,
        requester: String = "bot",
        host: String = "here",
        attempt: String? = nil,
        tokens: [String] = [],
        detail: String? = nil
    ) -> AuditRow {
        func text(_ text: String?) -> AuditRecord.Value { text.map { .text($0) } ?? .null }
        func integer(_ number: Int64?) -> AuditRecord.Value { number.map { .integer($0) } ?? .null }
        let values: [(String, AuditRecord.Value)] = [
            ("seq", .integer(100_000 + seconds)), ("at", .text(at(seconds).description)), ("event", .text(event)),
            ("outcome", text(outcome)), ("profile_name", .text(profile)), ("login_id", .integer(login)),
            ("attempt_id", text(attempt)), ("generation_before", integer(generation?.before)),
            ("generation_after", integer(generation?.after)),
            ("refresh_fp_before", text(tokens.first)), ("refresh_fp_after", text(tokens.dropFirst().first)),
            ("access_fp_after", text(tokens.dropFirst(2).first)),
            ("expires_at", text(expiresIn.map { at($0).description })), ("requester", .text(requester)),
            ("http_status", integer(httpStatus)), ("duration_ms", .integer(120)), ("waiters", integer(waiters)),
            ("host", .text(host)), ("pid", .integer(77)), ("detail", text(detail)),
        ]
        return AuditRow(AuditRecord(columns: values.map(AuditRecord.Column.init)))
    }

    static func snapshot(
        _ profiles: [ProfileRecord],
        damaged: [DamagedProfile] = [],
        rows: [AuditRow] = [],
        hours: Int64 = 6
    ) -> StoreSnapshot {
        StoreSnapshot(
            listing: ProfileListing(profiles: profiles, damaged: damaged),
            rows: rows,
            start: at(-hours * 3600),
            now: now,
            host: "here"
        )
    }

    static func damaged(_ name: String) -> DamagedProfile {
        DamagedProfile(
            id: .init(rawValue: 9),
            name: name,
            error: AccountsError(.recordTampered, "The profile was changed.", suggestion: "tsaccounts remove \(name)")
        )
    }
}
