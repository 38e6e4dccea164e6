import GRDB
import TradeStationModel

/// The table `profile`. When a row is read, it is checked against its keyed checksum, and against the audit, which may
/// know a newer version of the row.
struct ProfileTable {
    let transaction: StoreTransaction

    /// All profiles with their logins and keys, ordered by name. A damaged row concerns only the profiles that use it.
    func fetchAll() throws -> ProfileListing {
        let rows = try Row.fetchAll(
            transaction.database.cachedStatement(sql: "SELECT * FROM profile ORDER BY name COLLATE NOCASE")
        )
        return try rows.reduce(into: ProfileListing(profiles: [], damaged: [])) { listing, row in
            do {
                listing.profiles.append(try record(row))
            } catch let error as AccountsError {
                let name = try row.optionalText("name") ?? ""
                listing.damaged.append(
                    DamagedProfile(
                        id: Profile.ID(rawValue: try row.integer("id")),
                        name: name,
                        error: (try? ProfileName(name)) == nil ? .damagedName(name) : error
                    )
                )
            }
        }
    }

    func fetch(named name: ProfileName) throws -> ProfileRecord? {
        try transaction.row("SELECT * FROM profile WHERE name = ?", [name.text]).map(record)
    }

    func fetch(_ id: Profile.ID) throws -> ProfileRecord? {
        try transaction.row("SELECT * FROM profile WHERE id = ?", [id.rawValue]).map(record)
    }

    /// The name of the first profile on a login, for messages about the login.
    func anyName(on login: Login.ID) throws -> ProfileName? {
        let row = try transaction.row(
            "SELECT name FROM profile WHERE login_id = ? ORDER BY id LIMIT 1",
            [login.rawValue]
        )
        return row.flatMap { try? ProfileName($0.text("name")) }
    }

    /// The ids and names of the profiles on a login, without checking their checksums. A name that is damaged is left out.
    func names(on login: Login.ID) throws -> [Profile.ID: ProfileName] {
        let rows = try Row.fetchAll(
            transaction.database.cachedStatement(sql: "SELECT id, name FROM profile WHERE login_id = ?"),
            arguments: [login.rawValue]
        )
        return try rows.reduce(into: [:]) { names, row in
            names[Profile.ID(rawValue: try row.integer("id"))] = try? ProfileName(row.text("name"))
        }
    }

    /// - Throws: `profile_exists`.
    func insert(_ profile: NewProfile, login: Login.ID) throws -> ProfileRecord {
        try requireFree(profile.name, for: nil)
        let accounts = try profile.accounts.map(Profile.checked)
        try transaction.execute(
            """
            INSERT INTO profile (name, login_id, environment, api_version, api_url, read_only, accounts, mac, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, zeroblob(32), ?)
            """,
            [
                profile.name.text, login.rawValue, profile.environment.rawValue, profile.apiVersion.rawValue,
                profile.apiURL?.text, profile.isReadOnly, accounts?.joined(separator: " "),
                transaction.clock.wallTime().description,
            ]
        )
        let id = transaction.database.lastInsertedRowID
        let new = Profile(
            id: Profile.ID(rawValue: id),
            name: profile.name,
            loginID: login,
            environment: profile.environment,
            apiVersion: profile.apiVersion,
            apiURL: profile.apiURL,
            isReadOnly: profile.isReadOnly,
            accounts: accounts,
            createdAt: transaction.clock.wallTime()
        )
        try transaction.execute(
            "UPDATE profile SET version = 1, mac = ? WHERE id = ?",
            [transaction.keyring.mac(fields(new, version: 1)), id]
        )
        guard let record = try fetch(new.id) else { throw AccountsError.damagedProfile }
        return record
    }

    /// - Throws: `profile_exists`.
    func rename(_ profile: Profile, to name: ProfileName) throws {
        try requireFree(name, for: profile.id)
        var renamed = profile
        renamed.name = name
        let version = try version(of: profile.id) + 1
        try transaction.execute(
            "UPDATE profile SET name = ?, version = ?, mac = ? WHERE id = ?",
            [name.text, version, transaction.keyring.mac(fields(renamed, version: version)), profile.id.rawValue]
        )
    }

    /// - Throws: `usage`.
    func change(_ profile: Profile, _ change: FenceChange) throws {
        let fenced = try profile.fenced(change)
        let version = try version(of: profile.id) + 1
        try transaction.execute(
            "UPDATE profile SET read_only = ?, accounts = ?, version = ?, mac = ? WHERE id = ?",
            [
                fenced.isReadOnly, fenced.accounts?.joined(separator: " "), version,
                transaction.keyring.mac(fields(fenced, version: version)), profile.id.rawValue,
            ]
        )
    }

    /// The number of times that the row was written; 0 if it was written before the store counted versions.
    func version(of id: Profile.ID) throws -> Int64 {
        try transaction.row("SELECT version FROM profile WHERE id = ?", [id.rawValue])?.integer("version") ?? 0
    }

    /// Whether any profile is on a login. Damaged profiles count too.
    func hasAny(on login: Login.ID) throws -> Bool {
        try transaction.row("SELECT 1 FROM profile WHERE login_id = ?", [login.rawValue]) != nil
    }

    /// The login that a profile names. The checksum is not checked, so that a damaged profile can be removed.
    func login(of id: Profile.ID) throws -> Login.ID? {
        try transaction.row("SELECT login_id FROM profile WHERE id = ?", [id.rawValue])
            .map { Login.ID(rawValue: try $0.integer("login_id")) }
    }

    /// A profile whose own row is intact. Its login and key are not looked at.
    func intact(named name: ProfileName) throws -> Profile? {
        try transaction.row("SELECT * FROM profile WHERE name = ?", [name.text]).map(profile)
    }

    func remove(_ id: Profile.ID) throws {
        try transaction.execute("DELETE FROM profile WHERE id = ?", [id.rawValue])
    }

    private func requireFree(_ name: ProfileName, for id: Profile.ID?) throws {
        let row = try transaction.row("SELECT id FROM profile WHERE name = ?", [name.text])
        guard let row, try row.integer("id") != id?.rawValue else { return }
        throw AccountsError(
            .profileExists,
            profile: name.text,
            "A profile named \"\(name)\" already exists.",
            reason: "Names that differ only in case are the same.",
            suggestion: "choose another name, or look at the profile: tsaccounts show \(name)"
        )
    }

    private func record(_ row: Row) throws -> ProfileRecord {
        let name = try? ProfileName(row.text("name"))
        do {
            let profile = try profile(row)
            guard let login = try transaction.logins.fetch(profile.loginID) else { throw AccountsError.missingLogin }
            return ProfileRecord(profile: profile, login: login, apiKey: try transaction.apiKeys.key(of: login))
        } catch let error as AccountsError {
            throw error.about(name)
        }
    }

    private func profile(_ row: Row) throws -> Profile {
        try AccountsError.describingDamage(as: .damagedProfile) { try intactProfile(row) }
    }

    private func intactProfile(_ row: Row) throws -> Profile {
        let profile = try Profile(
            id: Profile.ID(rawValue: row.integer("id")),
            name: ProfileName(row.text("name")),
            loginID: Login.ID(rawValue: row.integer("login_id")),
            environment: row.enumCase("environment"),
            apiVersion: row.enumCase("api_version"),
            apiURL: row.optionalText("api_url").map { try EndpointURL($0) },
            isReadOnly: row.integer("read_only") == 1,
            accounts: row.optionalText("accounts")?.split(separator: " ").map(String.init),
            createdAt: row.time("created_at")
        )
        let version = try row.integer("version")
        guard transaction.keyring.isMAC(try row.blob("mac"), of: fields(profile, version: version)),
            try version >= transaction.witness.profileVersion(of: profile.id, on: profile.loginID)
        else { throw AccountsError.damagedProfile }
        return profile
    }

    // If a row was written before the store counted versions, its checksum does not cover the version.
    private func fields(_ profile: Profile, version: Int64) -> [String?] {
        [
            "profile", String(profile.id.rawValue), profile.name.text, String(profile.loginID.rawValue),
            profile.environment.rawValue, profile.apiVersion.rawValue, profile.apiURL?.text,
            profile.isReadOnly ? "1" : "0", profile.accounts?.joined(separator: " "),
        ] + (version > 0 ? [String(version)] : [])
    }
}
