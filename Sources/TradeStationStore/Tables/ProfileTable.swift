import GRDB
import TradeStationModel

/// The table `profile`. Every row is checked against its keyed checksum when it is read.
struct ProfileTable {
    let transaction: StoreTransaction

    /// All profiles with their logins and keys, ordered by name.
    func fetchAll() throws -> [ProfileRecord] {
        try Row.fetchAll(
            transaction.database.cachedStatement(sql: "SELECT * FROM profile ORDER BY name COLLATE NOCASE")
        ).map(record)
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

    /// The ids and names of the profiles on a login, without checking their checksums.
    func names(on login: Login.ID) throws -> [Profile.ID: ProfileName] {
        let rows = try Row.fetchAll(
            transaction.database.cachedStatement(sql: "SELECT id, name FROM profile WHERE login_id = ?"),
            arguments: [login.rawValue]
        )
        return try rows.reduce(into: [:]) { names, row in
            names[Profile.ID(rawValue: try row.integer("id"))] = try ProfileName(row.text("name"))
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
        try transaction.execute("UPDATE profile SET mac = ? WHERE id = ?", [transaction.keyring.mac(fields(new)), id])
        guard let record = try fetch(new.id) else { throw AccountsError.tampered("The profile") }
        return record
    }

    /// - Throws: `profile_exists`.
    func rename(_ profile: Profile, to name: ProfileName) throws {
        try requireFree(name, for: profile.id)
        var renamed = profile
        renamed.name = name
        try transaction.execute(
            "UPDATE profile SET name = ?, mac = ? WHERE id = ?",
            [name.text, transaction.keyring.mac(fields(renamed)), profile.id.rawValue]
        )
    }

    /// - Throws: `usage`.
    func change(_ profile: Profile, _ change: FenceChange) throws {
        let fenced = try profile.fenced(change)
        try transaction.execute(
            "UPDATE profile SET read_only = ?, accounts = ?, mac = ? WHERE id = ?",
            [
                fenced.isReadOnly, fenced.accounts?.joined(separator: " "),
                transaction.keyring.mac(fields(fenced)), profile.id.rawValue,
            ]
        )
    }

    /// The login and key of a profile, without checking its checksum: a profile that was tampered with can be removed.
    func owner(of id: Profile.ID) throws -> (login: Login.ID, key: APIKey.ID)? {
        let row = try transaction.row(
            "SELECT login.id, login.api_key_id FROM profile JOIN login ON login.id = login_id WHERE profile.id = ?",
            [id.rawValue]
        )
        return try row.map { row in
            (Login.ID(rawValue: try row.integer("id")), APIKey.ID(rawValue: try row.integer("api_key_id")))
        }
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
            guard let login = try transaction.logins.fetch(profile.loginID),
                let key = try transaction.apiKeys.fetch(login.apiKeyID)
            else { throw AccountsError.tampered("The profile") }
            return ProfileRecord(profile: profile, login: login, apiKey: key)
        } catch let error as AccountsError {
            throw error.about(name)
        }
    }

    private func profile(_ row: Row) throws -> Profile {
        let profile: Profile
        do {
            profile = try Profile(
                id: Profile.ID(rawValue: row.integer("id")),
                name: ProfileName(row.text("name")),
                loginID: Login.ID(rawValue: row.integer("login_id")),
                environment: row.name("environment"),
                apiVersion: row.name("api_version"),
                apiURL: row.optionalText("api_url").map { try EndpointURL($0) },
                isReadOnly: row.integer("read_only") == 1,
                accounts: row.optionalText("accounts")?.split(separator: " ").map(String.init),
                createdAt: row.time("created_at")
            )
        } catch is AccountsError {
            throw AccountsError.tampered("The profile")
        }
        guard transaction.keyring.isMAC(try row.blob("mac"), of: fields(profile)) else {
            throw AccountsError.tampered("The profile")
        }
        return profile
    }

    private func fields(_ profile: Profile) -> [String?] {
        [
            "profile", String(profile.id.rawValue), profile.name.text, String(profile.loginID.rawValue),
            profile.environment.rawValue, profile.apiVersion.rawValue, profile.apiURL?.text,
            profile.isReadOnly ? "1" : "0", profile.accounts?.joined(separator: " "),
        ]
    }
}
