import GRDB
import TradeStationModel

/// The table `api_key`. When a row is read, it is checked against its keyed checksum, and against the audit, which may
/// know a newer version of the row.
struct APIKeyTable {
    let transaction: StoreTransaction

    func fetch(_ id: APIKey.ID) throws -> APIKey? {
        try transaction.row("SELECT * FROM api_key WHERE id = ?", [id.rawValue]).map(key)
    }

    func fetch(clientID: String, tokenURL: EndpointURL) throws -> APIKey? {
        let row = try transaction.row(
            "SELECT * FROM api_key WHERE client_id = ? AND token_url = ?",
            [clientID, tokenURL.text]
        )
        // A key that no login uses is left over from rows that another program removed.
        guard let row, let user = try firstLogin(of: APIKey.ID(rawValue: row.integer("id"))) else { return nil }
        do {
            let key = try key(row)
            try requireNewest(key.id, for: user)
            return key
        } catch let error as AccountsError {
            throw error.about(try transaction.profiles.anyName(on: user))
        }
    }

    /// The key of a login, which must exist.
    ///
    /// - Throws: `record_tampered`, also if the scopes of the login were edited.
    func key(of login: Login) throws -> APIKey {
        guard let key = try fetch(login.apiKeyID) else { throw AccountsError.damagedKey }
        let newest = try requireNewest(key.id, for: login.id)
        guard newest?.scopes ?? login.scopes == login.scopes else { throw AccountsError.damagedLogin }
        return key
    }

    func insert(_ registration: ClientRegistration) throws -> APIKey {
        // The checksum covers the id, which the database chooses: so the row is first written with an empty checksum.
        let database = transaction.database
        let limits = registration.rotationLimits.stored
        try removeUnused()
        try transaction.execute(
            """
            INSERT INTO api_key (client_id, client_auth, authorize_url, token_url, revoke_url, redirect_uri, pkce, nonce,
                idle_lifetime_s, absolute_lifetime_s, mac, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, zeroblob(32), ?)
            """,
            [
                registration.clientID, registration.authentication.rawValue, registration.authorizeURL.text,
                registration.tokenURL.text, registration.revokeURL?.text, registration.redirectURI,
                registration.usesPKCE, registration.usesNonce, limits.idle, limits.absolute,
                transaction.clock.wallTime().description,
            ]
        )
        let id = database.lastInsertedRowID
        try transaction.execute(
            "UPDATE api_key SET version = 1, mac = ? WHERE id = ?",
            [transaction.keyring.mac(fields(id, registration, version: 1)), id]
        )
        guard let key = try fetch(APIKey.ID(rawValue: id)) else { throw AccountsError.damagedKey }
        return key
    }

    /// Saves those settings of a registration that may be changed. A key that the server has refused may be used again
    /// after the change.
    func update(_ key: APIKey, to registration: ClientRegistration) throws {
        let limits = registration.rotationLimits.stored
        let version = try version(of: key.id) + 1
        try transaction.execute(
            """
            UPDATE api_key SET client_auth = ?, redirect_uri = ?, pkce = ?, nonce = ?, version = ?, mac = ?,
                idle_lifetime_s = ?, absolute_lifetime_s = ?,
                state = 'ready', last_error = NULL
            WHERE id = ?
            """,
            [
                registration.authentication.rawValue, registration.redirectURI, registration.usesPKCE,
                registration.usesNonce, version,
                transaction.keyring.mac(fields(key.id.rawValue, registration, version: version)),
                limits.idle, limits.absolute, key.id.rawValue,
            ]
        )
    }

    /// Records that the server accepted the key. A pause that the server asked for stays in effect.
    func accept(_ id: APIKey.ID, rotation: APIKey.Rotation) throws {
        try transaction.execute(
            """
            UPDATE api_key SET state = 'ready', last_error = NULL,
                rotation = coalesce(?, rotation)
            WHERE id = ?
            """,
            [rotation == .unknown ? nil : rotation.rawValue, id.rawValue]
        )
    }

    /// Records that the server refused the key, or asked all of its logins to pause.
    func recordFailure(_ failure: AttemptFailure, of key: APIKey) throws {
        if failure.isBadClient {
            try transaction.execute(
                "UPDATE api_key SET state = 'bad_client', last_error = ? WHERE id = ?",
                [failure.code.rawValue, key.id.rawValue]
            )
        }
        if let pause = failure.keyNotBefore {
            // A longer pause from another login stays, unless it is longer than a server can ask for.
            let longest = transaction.clock.wallTime().advanced(byMilliseconds: APIKey.longestPauseMilliseconds)
            let other = key.notBefore.flatMap { $0 <= longest ? $0 : nil }
            try transaction.execute(
                "UPDATE api_key SET not_before = ? WHERE id = ?",
                [max(pause, other ?? pause).description, key.id.rawValue]
            )
        }
    }

    /// Removes the keys that no login uses, with their secrets.
    func removeUnused() throws {
        try transaction.execute(
            "DELETE FROM api_key WHERE NOT EXISTS (SELECT 1 FROM login WHERE api_key_id = api_key.id)",
            []
        )
    }

    // Every change of a key is in the audit of all its logins.
    @discardableResult
    private func requireNewest(_ id: APIKey.ID, for login: Login.ID) throws -> RowVersions? {
        let newest = try transaction.witness.newestVersions(on: login)
        guard try version(of: id) >= newest?.apiKeyVersion ?? 0 else { throw AccountsError.damagedKey }
        return newest
    }

    /// The number of times that the row was written; 0 if it was written before the store counted versions.
    func version(of id: APIKey.ID) throws -> Int64 {
        try transaction.row("SELECT version FROM api_key WHERE id = ?", [id.rawValue])?.integer("version") ?? 0
    }

    /// The version of a login's key. The rows of the login and the key are not checked.
    func version(ofKeyOf login: Login.ID) throws -> Int64 {
        try transaction.row(
            "SELECT version FROM api_key WHERE id = (SELECT api_key_id FROM login WHERE id = ?)",
            [login.rawValue]
        )?.integer("version") ?? 0
    }

    /// The oldest login of a key; nil if it has none. Its audit contains every change of the key that the audit of
    /// another login contains.
    func firstLogin(of id: APIKey.ID) throws -> Login.ID? {
        try transaction.row("SELECT min(id) AS id FROM login WHERE api_key_id = ?", [id.rawValue])?
            .decode(Int64?.self, forColumn: "id").map(Login.ID.init)
    }

    /// The logins of a key.
    func logins(of id: APIKey.ID) throws -> [Login.ID] {
        try Int64.fetchAll(
            transaction.database.cachedStatement(sql: "SELECT id FROM login WHERE api_key_id = ? ORDER BY id"),
            arguments: [id.rawValue]
        ).map(Login.ID.init)
    }

    private func key(_ row: Row) throws -> APIKey {
        try AccountsError.describingDamage(as: .damagedKey) { try intactKey(row) }
    }

    private func intactKey(_ row: Row) throws -> APIKey {
        let id = try row.integer("id")
        let registration = try ClientRegistration(
            clientID: row.text("client_id"),
            authentication: row.enumCase("client_auth"),
            authorizeURL: EndpointURL(row.text("authorize_url")),
            tokenURL: EndpointURL(row.text("token_url")),
            revokeURL: row.optionalText("revoke_url").map { try EndpointURL($0) },
            redirectURI: row.optionalText("redirect_uri"),
            usesPKCE: row.integer("pkce") == 1,
            usesNonce: row.integer("nonce") == 1,
            rotationLimits: limits(row)
        )
        let fields = fields(id, registration, version: try row.integer("version"))
        guard transaction.keyring.isMAC(try row.blob("mac"), of: fields) else { throw AccountsError.damagedKey }
        return try APIKey(
            id: APIKey.ID(rawValue: id),
            registration: registration,
            rotation: row.enumCase("rotation"),
            state: row.enumCase("state"),
            lastError: row.optionalText("last_error"),
            notBefore: row.optionalTime("not_before"),
            createdAt: row.time("created_at")
        )
    }

    private func limits(_ row: Row) throws -> RotationLimits {
        let usual = RotationLimits()
        return try RotationLimits(
            idleSeconds: row.decode(Int?.self, forColumn: "idle_lifetime_s") ?? usual.idleSeconds,
            absoluteSeconds: row.decode(Int?.self, forColumn: "absolute_lifetime_s") ?? usual.absoluteSeconds
        ).bounded
    }

    // If a row was written before the store counted versions, its checksum does not cover the version.
    private func fields(_ id: Int64, _ registration: ClientRegistration, version: Int64) -> [String?] {
        [
            "api_key", String(id), registration.clientID, registration.authentication.rawValue,
            registration.authorizeURL.text, registration.tokenURL.text, registration.revokeURL?.text,
            registration.redirectURI, registration.usesPKCE ? "1" : "0", registration.usesNonce ? "1" : "0",
        ] + (version > 0 ? [String(version)] : [])
    }
}

extension RotationLimits {
    /// The values of the columns: NULL means TradeStation's limits, so that a later version can correct them.
    fileprivate var stored: (idle: Int?, absolute: Int?) {
        let usual = RotationLimits()
        return (
            idleSeconds == usual.idleSeconds ? nil : idleSeconds,
            absoluteSeconds == usual.absoluteSeconds ? nil : absoluteSeconds
        )
    }

    /// The limits, clamped to the values that can be set, because no checksum covers the columns.
    fileprivate var bounded: RotationLimits {
        RotationLimits(
            idleSeconds: min(max(idleSeconds, 0), Self.longest),
            absoluteSeconds: min(max(absoluteSeconds, 0), Self.longest)
        )
    }
}
