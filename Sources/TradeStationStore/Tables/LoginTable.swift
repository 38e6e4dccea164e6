import GRDB
import TradeStationModel

/// The table `login`: the user, the generation, and the values that the status of a login is computed from.
struct LoginTable {
    // Limits that no refresh reaches: larger numbers were written by another program.
    private static let maximumFailures = 1_000_000
    private static let generationLimit = 1 << 53

    let transaction: StoreTransaction

    private var now: String { transaction.clock.wallTime().description }

    func fetch(_ id: Login.ID) throws -> Login? {
        try row(id).map(login)
    }

    /// A login that must exist, and its key.
    ///
    /// - Throws: `profile_not_found` if it was removed meanwhile.
    func require(_ id: Login.ID) throws -> (login: Login, key: APIKey) {
        guard let login = try fetch(id) else { throw AccountsError.profileRemoved }
        return (login, try transaction.apiKeys.key(of: login))
    }

    /// The logins that have saved no tokens of an exchange yet.
    func notExchanged() throws -> [Login.ID] {
        try Int64.fetchAll(
            transaction.database.cachedStatement(sql: "SELECT id FROM login WHERE generation = 0 ORDER BY id")
        ).map(Login.ID.init)
    }

    func insert(_ new: NewProfile.NewLogin, key: APIKey.ID, state: Login.State) throws -> Login {
        try transaction.execute(
            """
            INSERT INTO login (api_key_id, subject, username, scopes, state, signed_in_at, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [key.rawValue, new.identity.subject, new.identity.username, new.scopes, state.rawValue, now, now, now]
        )
        guard let login = try fetch(Login.ID(rawValue: transaction.database.lastInsertedRowID)) else {
            throw AccountsError.damagedLogin
        }
        return login
    }

    func setAttempt(_ attempt: Attempt, of id: Login.ID) throws {
        try transaction.execute(
            "UPDATE login SET attempt_id = ?, attempt_started_at = ?, updated_at = ? WHERE id = ?",
            [attempt.id, attempt.startedAt.description, now, id.rawValue]
        )
    }

    /// Removes an attempt, if it is still the current one.
    func clearAttempt(_ attemptID: String, of id: Login.ID) throws {
        try transaction.execute(
            """
            UPDATE login SET attempt_id = NULL, attempt_started_at = NULL, updated_at = ?
            WHERE id = ? AND attempt_id = ?
            """,
            [now, id.rawValue, attemptID]
        )
    }

    /// Makes a commit the current generation. The caller has compared the generations in the same transaction; the
    /// statement compares them once more.
    func advance(_ login: Login, to generation: Int, with commit: TokenCommit) throws {
        let expiry = TokenExpiry(of: commit.tokens)
        try transaction.execute(
            """
            UPDATE login SET generation = ?, state = ?, subject = ?, username = ?,
                access_expires_at = ?, access_lifetime_s = ?, boot_id = ?,
                access_expires_boot_ms = ?, signed_in_at = coalesce(?, signed_in_at),
                sign_in_warned_of = coalesce(?, sign_in_warned_of), attempt_id = NULL,
                attempt_started_at = NULL, failures = 0, last_error = NULL, not_before = NULL, rolled_back = 0,
                updated_at = ?
            WHERE id = ? AND generation = ?
            """,
            [
                generation, (commit.isHeld ? Login.State.held : .ready).rawValue,
                login.identity.subject, login.identity.username, expiry.moment.wall.description,
                expiry.lifetimeSeconds, expiry.moment.bootID, expiry.moment.bootMilliseconds,
                commit.isSignIn ? commit.tokens.issuedAt.description : nil, commit.warnsOf?.description, now,
                login.id.rawValue, login.generation,
            ]
        )
        guard transaction.database.changesCount == 1 else { throw AccountsError.damagedLogin }
    }

    /// Computes and saves when refresh tokens and sign-ins end, for one login of a key, or for all of its logins.
    ///
    /// Ends are saved only if the key rotates its refresh tokens. With other keys, tokens and sign-ins do not end. If
    /// it is not known yet whether the key rotates them, it counts as rotating if a user has set its limits.
    ///
    /// A login without an access token has a refresh token of unknown age, so no expiry is saved for it.
    func noteDeadlines(of key: APIKey, only login: Login.ID? = nil) throws {
        let rows = try Row.fetchAll(
            transaction.database.cachedStatement(
                sql: "SELECT * FROM login WHERE api_key_id = ? AND id = coalesce(?, id)"
            ),
            arguments: [key.id.rawValue, login?.rawValue]
        )
        // A damaged login gets its deadlines with its next sign-in. It must not stop the others.
        for row in rows where (try? self.login(row)) != nil {
            let isAlive = try row.text("state") == Login.State.ready.rawValue
            let limits = key.mayRotate && isAlive ? key.registration.rotationLimits : nil
            let issued = try accessExpiry(row).map { expiry in
                expiry.moment.wall.advanced(byMilliseconds: -Int64(expiry.lifetimeSeconds) * 1000)
            }
            let signInEnd = try row.optionalTime("signed_in_at").flatMap { limits?.signInEnd(signedInAt: $0) }
                // Tokens that were issued after the computed end show that the sign-in lasts longer.
                .flatMap { end in issued.map { end <= $0 } ?? false ? nil : end }
            // No refresh token outlives its sign-in.
            let refreshEnd = issued.flatMap { limits?.refreshTokenEnd(issuedAt: $0) }
                .map { min($0, signInEnd ?? $0) }
            try transaction.execute(
                "UPDATE login SET refresh_expires_at = ?, absolute_expires_at = ? WHERE id = ?",
                [refreshEnd?.description, signInEnd?.description, row.integer("id")]
            )
        }
    }

    /// Ends the current attempt as a failure.
    func recordFailure(_ failure: AttemptFailure, of id: Login.ID) throws {
        try transaction.execute(
            """
            UPDATE login SET attempt_id = NULL, attempt_started_at = NULL, failures = min(failures, ?) + 1,
                last_error = ?, not_before = ?, state = coalesce(?, state), updated_at = ?,
                refresh_expires_at = iif(?, NULL, refresh_expires_at),
                absolute_expires_at = iif(?, NULL, absolute_expires_at)
            WHERE id = ?
            """,
            [
                Self.maximumFailures - 1, failure.code.rawValue, failure.notBefore?.description,
                failure.needsLogin ? Login.State.needsLogin.rawValue : nil, now, failure.needsLogin, failure.needsLogin,
                id.rawValue,
            ]
        )
    }

    /// Clears all columns that describe tokens. The generation grows by one, so that neither an answer that is still in
    /// flight nor a side file is valid afterwards.
    func erase(_ id: Login.ID, leaving state: Login.State) throws {
        try transaction.execute(
            """
            UPDATE login SET generation = generation + 1, state = ?, access_expires_at = NULL,
                access_lifetime_s = NULL, boot_id = NULL, access_expires_boot_ms = NULL, signed_in_at = NULL,
                refresh_expires_at = NULL, absolute_expires_at = NULL, attempt_id = NULL, attempt_started_at = NULL, failures = 0,
                last_error = NULL, not_before = NULL, rolled_back = 0, updated_at = ?
            WHERE id = ?
            """,
            [state.rawValue, now, id.rawValue]
        )
    }

    /// Resets all values of a row, except those that the next sign-in depends on. The generation stays.
    ///
    /// - Parameter keepsUser: whether the user in the row is known to be the right one.
    func mend(_ id: Login.ID, keepingUser keepsUser: Bool) throws {
        try transaction.execute(
            """
            UPDATE login SET state = 'needs_login', subject = iif(?, subject, NULL), username = iif(?, username, NULL),
                access_expires_at = NULL, access_lifetime_s = NULL, boot_id = NULL, access_expires_boot_ms = NULL,
                signed_in_at = NULL, sign_in_warned_of = NULL, refresh_expires_at = NULL, absolute_expires_at = NULL,
                attempt_id = NULL, attempt_started_at = NULL, failures = 0, last_error = ?, not_before = NULL,
                created_at = ?, updated_at = ?
            WHERE id = ?
            """,
            [keepsUser, keepsUser, AccountsError.Code.recordTampered.rawValue, now, now, id.rawValue]
        )
    }

    /// The scopes in a login's row, which no checksum covers; nil if the login does not exist.
    func scopes(of id: Login.ID) throws -> String? {
        try row(id)?.text("scopes")
    }

    /// Replaces edited scopes.
    func setScopes(_ scopes: String, of id: Login.ID) throws {
        try transaction.execute(
            "UPDATE login SET scopes = ?, updated_at = ? WHERE id = ?",
            [scopes, now, id.rawValue]
        )
    }

    /// Removes the logins that no profile uses, with their secrets.
    ///
    /// - Returns: the removed logins.
    func removeUnused() throws -> [Login.ID] {
        try Int64.fetchAll(
            transaction.database.cachedStatement(
                sql: "DELETE FROM login WHERE id NOT IN (SELECT login_id FROM profile) RETURNING id"
            )
        ).map(Login.ID.init)
    }

    /// Marks a login whose newest tokens are not in the database.
    func markRolledBack(_ id: Login.ID) throws {
        try transaction.execute("UPDATE login SET rolled_back = 1, updated_at = ? WHERE id = ?", [now, id.rawValue])
    }

    /// The logins that have tokens and are not marked as rolled back.
    func unmarked() throws -> [Login.ID] {
        try Int64.fetchAll(
            transaction.database.cachedStatement(
                sql: "SELECT id FROM login WHERE generation > 0 AND state <> 'new' AND rolled_back = 0"
            )
        ).map(Login.ID.init)
    }

    func isMarkedRolledBack(_ id: Login.ID) throws -> Bool {
        try transaction.row("SELECT rolled_back FROM login WHERE id = ?", [id.rawValue])?.integer("rolled_back") == 1
    }

    /// The end and the lifetime of the access token, exactly as in the columns, whose values the token is sealed with.
    /// Nil if the login has none.
    func storedExpiry(of id: Login.ID) throws -> TokenExpiry? {
        try row(id).flatMap(storedExpiry)
    }

    private func storedExpiry(_ row: Row) throws -> TokenExpiry? {
        guard let wall = try row.optionalTime("access_expires_at") else { return nil }
        return TokenExpiry(
            moment: Moment(
                wall: wall,
                bootID: try row.optionalText("boot_id") ?? "",
                bootMilliseconds: try row.decode(Int64?.self, forColumn: "access_expires_boot_ms") ?? 0
            ),
            lifetimeSeconds: try row.decode(Int?.self, forColumn: "access_lifetime_s") ?? 1
        )
    }

    /// The end and the lifetime of an access token, read without opening the token. Only opening it would show that the
    /// lifetime was edited, so the lifetime is clamped.
    private func accessExpiry(_ row: Row) throws -> TokenExpiry? {
        try storedExpiry(row).map { expiry in
            TokenExpiry(moment: expiry.moment, lifetimeSeconds: TokenSet.boundedLifetime(expiry.lifetimeSeconds))
        }
    }

    /// The expiry time of the access token to show to users. If the clocks cannot tell how much of the lifetime is
    /// left, it is not later than now.
    private func shownExpiry(_ row: Row) throws -> Timestamp? {
        guard let expiry = try accessExpiry(row) else { return nil }
        let (now, wall) = (transaction.clock.now(), expiry.moment.wall)
        return expiry.moment.rest(of: Int64(expiry.lifetimeSeconds) * 1000, at: now) > 0 ? wall : min(wall, now.wall)
    }

    private func row(_ id: Login.ID) throws -> Row? {
        try transaction.row("SELECT * FROM login WHERE id = ?", [id.rawValue])
    }

    private func login(_ row: Row) throws -> Login {
        try AccountsError.describingDamage(as: .damagedLogin) { try intactLogin(row) }
    }

    private func intactLogin(_ row: Row) throws -> Login {
        var attempt: Attempt?
        if let id = try row.optionalText("attempt_id"), let start = try row.optionalTime("attempt_started_at") {
            attempt = Attempt(id: id, startedAt: start)
        }
        let generation = try row.decode(Int.self, forColumn: "generation")
        guard (0..<Self.generationLimit).contains(generation) else { throw AccountsError.damagedGeneration }
        return try Login(
            id: Login.ID(rawValue: row.integer("id")),
            apiKeyID: APIKey.ID(rawValue: row.integer("api_key_id")),
            identity: Identity(subject: row.optionalText("subject"), username: row.optionalText("username")),
            scopes: row.text("scopes"),
            state: row.enumCase("state"),
            generation: generation,
            accessExpiresAt: shownExpiry(row),
            signedInAt: row.optionalTime("signed_in_at"),
            refreshExpiresAt: row.optionalTime("refresh_expires_at"),
            absoluteExpiresAt: row.optionalTime("absolute_expires_at"),
            signInWarnedOf: row.optionalTime("sign_in_warned_of"),
            attempt: attempt,
            failures: min(max(row.decode(Int.self, forColumn: "failures"), 0), Self.maximumFailures),
            lastError: row.optionalText("last_error"),
            notBefore: row.optionalTime("not_before"),
            createdAt: row.time("created_at")
        )
    }
}

extension APIKey {
    /// Whether the key rotates its refresh tokens: an exchange has shown it, or it is not known yet and a user has set
    /// the limits.
    fileprivate var mayRotate: Bool {
        rotation == .rotating || rotation == .unknown && registration.rotationLimits != RotationLimits()
    }
}
