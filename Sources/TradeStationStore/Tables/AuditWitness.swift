import GRDB
import TradeStationModel

/// What the audit knows about the rows of other tables. Audit rows are never overwritten, so they show that another row
/// was replaced by an older copy.
///
/// Each method reads one audit row, or a few, through an index, except ``login(withRefreshToken:)``.
struct AuditWitness {
    /// The newest saved tokens of a login.
    struct Generation {
        let number: Int
        /// The attempt that the tokens came from.
        let attemptID: String?
        /// The fingerprint of the refresh token; nil if the grant has none.
        let refreshFingerprint: String?
    }

    let transaction: StoreTransaction

    // MARK: Versions

    /// The newest version of a profile's row; 0 if none was recorded.
    ///
    /// - Throws: `record_tampered` if the audit row was edited.
    func profileVersion(of profile: Profile.ID, on login: Login.ID) throws -> Int64 {
        try newest(on: login) { $0.profileID == profile.rawValue ? $0.profileVersion : nil } ?? 0
    }

    /// The newest versions that were recorded for a login; nil if none were.
    ///
    /// - Throws: `record_tampered` if the audit row was edited.
    func newestVersions(on login: Login.ID) throws -> RowVersions? {
        try newest(on: login) { $0 }
    }

    private func newest<Value>(on login: Login.ID, _ value: (RowVersions) -> Value?) throws -> Value? {
        let rows = try Row.fetchCursor(
            transaction.database.cachedStatement(
                sql: """
                    SELECT * FROM audit WHERE login_id = ? AND event IN ('profile_added', 'profile_changed')
                    ORDER BY seq DESC
                    """
            ),
            arguments: [login.rawValue]
        )
        while let row = try rows.next() {
            let record = try AuditTable.record(row)
            guard transaction.audit.isAuthentic(record) else { throw AccountsError.damagedAudit }
            if let found = RowVersions(detail: record.text("detail") ?? "").flatMap(value) { return found }
        }
        return nil
    }

    // MARK: Generations

    /// The newest saved tokens of a login; nil if the audit has none. An edited row proves nothing and is passed over: the
    /// rows before it may still show that the stored tokens are older.
    func newestGeneration(of login: Login.ID) throws -> Generation? {
        let rows = try Row.fetchCursor(
            transaction.database.cachedStatement(
                sql: "SELECT * FROM audit WHERE login_id = ? AND generation_after IS NOT NULL ORDER BY seq DESC"
            ),
            arguments: [login.rawValue]
        )
        while let row = try rows.next() {
            guard let record = try? AuditTable.record(row), transaction.audit.isAuthentic(record),
                let number = record.integer("generation_after").flatMap({ Int(exactly: $0) })
            else { continue }
            return Generation(
                number: number,
                attemptID: record.text("attempt_id"),
                refreshFingerprint: record.text("refresh_fp_after")
            )
        }
        return nil
    }

    /// Whether the audit records that the tokens of an attempt were saved.
    func hasSaved(_ attemptID: String) throws -> Bool {
        try transaction.row(
            "SELECT 1 FROM audit WHERE attempt_id = ? AND generation_after IS NOT NULL AND event <> 'late_result'",
            [attemptID]
        ) != nil
    }

    /// A login that has tokens and whose audit contains the fingerprint of a refresh token; nil if there is none. Reads
    /// the whole audit.
    func login(withRefreshToken token: Secret) throws -> Login.ID? {
        let fingerprint = transaction.keyring.fingerprint(token)
        return try transaction.row(
            """
            SELECT login_id FROM audit WHERE (refresh_fp_after = ? OR refresh_fp_before = ?)
                AND login_id IN (SELECT login_id FROM secret WHERE kind = 'refresh_token')
            ORDER BY seq DESC LIMIT 1
            """,
            [fingerprint, fingerprint]
        ).map { Login.ID(rawValue: try $0.integer("login_id")) }
    }
}

/// The versions of a profile's row and its API key's row, and the scopes of its login, as the detail of an audit row
/// contains them.
struct RowVersions {
    let profileID: Int64
    let profileVersion: Int64
    let apiKeyVersion: Int64
    /// The scopes that were requested at sign-in; nil in rows of earlier versions. No checksum covers their column.
    let scopes: String?

    init(profileID: Int64, profileVersion: Int64, apiKeyVersion: Int64, scopes: String?) {
        self.profileID = profileID
        self.profileVersion = profileVersion
        self.apiKeyVersion = apiKeyVersion
        // Scopes that the audit would shorten could not be compared.
        self.scopes = scopes.flatMap { $0.printable(limit: AuditTable.longestDetail) == $0 ? $0 : nil }
    }

    /// The members that are added to the detail.
    var detail: [String: String] {
        var detail = [
            "profile_id": String(profileID), "profile_version": String(profileVersion),
            "api_key_version": String(apiKeyVersion),
        ]
        detail["scopes"] = scopes
        return detail
    }

    /// Reads the members; nil if they are not there, as in rows of earlier versions.
    init?(detail: String) {
        let members = JSONMembers(Array(detail.utf8))
        func number(_ name: String) -> Int64? { members.string(name).flatMap { Int64($0) } }
        guard let profile = number("profile_id"), let version = number("profile_version"),
            let key = number("api_key_version")
        else { return nil }
        self.init(
            profileID: profile,
            profileVersion: version,
            apiKeyVersion: key,
            scopes: members.string("scopes")
        )
    }
}
