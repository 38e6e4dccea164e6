import Foundation
import GRDB
import TradeStationModel

/// The table `secret`: one sealed secret per owner and kind.
struct SecretTable {
    /// What a row contains.
    enum Content {
        /// There is no row.
        case missing
        /// The row does not open: it was edited, moved or put back from an older copy.
        case damaged
        case secret(Secret)

        /// The secret; nil if it is missing or does not open.
        var secret: Secret? { if case .secret(let secret) = self { secret } else { nil } }
    }

    let transaction: StoreTransaction

    // MARK: Client secrets

    /// The secret of a key; nil for a public client.
    ///
    /// - Throws: `record_tampered` if it does not open, or is missing although the key authenticates with one.
    func clientSecret(of key: APIKey) throws -> Secret? {
        let row = try transaction.row(
            "SELECT key_id, sealed FROM secret WHERE api_key_id = ? AND kind = 'client_secret'",
            [key.id.rawValue]
        )
        switch try content(row, for: SealContext(clientSecretOf: key)) {
        case .secret(let secret): return secret
        case .missing where key.registration.authentication == .none: return nil
        case .missing, .damaged: throw AccountsError.damagedClientSecret
        }
    }

    /// Saves a client secret; nil or an empty one removes it.
    func setClientSecret(_ secret: Secret?, of key: APIKey) throws {
        guard let secret, !secret.isEmpty else {
            try transaction.execute("DELETE FROM secret WHERE api_key_id = ?", [key.id.rawValue])
            return
        }
        try transaction.execute(
            """
            INSERT INTO secret (api_key_id, kind, generation, key_id, sealed) VALUES (?, 'client_secret', 0, ?, ?)
            ON CONFLICT (api_key_id, kind) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed
            """,
            [
                key.id.rawValue, transaction.keyring.keyID,
                try seal(Array(secret.exposed.utf8), for: SealContext(clientSecretOf: key)),
            ]
        )
    }

    // MARK: Secrets of a login

    /// The token of the login's current generation.
    ///
    /// - Parameter expiry: the expiry that an access token was sealed with; nil for the other kinds.
    func token(
        _ kind: SealContext.Kind,
        of login: Login,
        key: APIKey,
        expiry: TokenExpiry? = nil
    ) throws -> Content {
        let row = try transaction.row(
            "SELECT key_id, sealed, generation FROM secret WHERE login_id = ? AND kind = ?",
            [login.id.rawValue, kind.rawValue]
        )
        if let row, try row.integer("generation") != Int64(login.generation) { return .damaged }
        let context = SealContext(kind, of: login, key: key, generation: login.generation, expiry: expiry)
        return try content(row, for: context)
    }

    /// The refresh token of the login's current generation; nil if the grant has none, or the tokens were erased.
    ///
    /// - Throws: `record_tampered` if it does not open, or is missing although the login was saved with one.
    func refreshToken(of login: Login, key: APIKey) throws -> Secret? {
        switch try token(.refreshToken, of: login, key: key) {
        case .secret(let secret): return secret
        case .damaged: throw AccountsError.damagedRefreshToken
        case .missing: break
        }
        guard login.state == .ready else { return nil }
        // At generation 0, only a refresh token that the user provided makes a login ready, so it must be there.
        guard login.generation > 0 else { throw AccountsError.damagedRefreshToken }
        let newest = try transaction.witness.newestGeneration(of: login.id)
        guard newest?.refreshFingerprint == nil else { throw AccountsError.damagedRefreshToken }
        return nil
    }

    /// Saves a token for a generation; nil removes the stored one.
    ///
    /// - Parameter expiry: when the token expires; nil for all kinds except the access token.
    func setToken(
        _ token: Secret?,
        _ kind: SealContext.Kind,
        of login: Login,
        key: APIKey,
        generation: Int,
        expiry: TokenExpiry? = nil
    ) throws {
        guard let token else { return try removeToken(kind, of: login.id) }
        let context = SealContext(kind, of: login, key: key, generation: generation, expiry: expiry)
        try keep(Array(token.exposed.utf8), kind, of: login, generation: generation, sealedFor: context)
    }

    func removeToken(_ kind: SealContext.Kind, of login: Login.ID) throws {
        try transaction.execute(
            "DELETE FROM secret WHERE login_id = ? AND kind = ?",
            [login.rawValue, kind.rawValue]
        )
    }

    /// Saves an answer that came too late, beside the current tokens.
    func setLateResult(_ result: StagedTokens, of login: Login, key: APIKey) throws {
        let context = SealContext(.lateResult, of: login, key: key, generation: result.parentGeneration)
        try keep(result.encoded, .lateResult, of: login, generation: result.parentGeneration, sealedFor: context)
    }

    /// The saved answer that came too late; nil if there is none, or it does not open for this login: a damaged one must
    /// not stop a new sign-in.
    ///
    /// - Parameter oldest: the oldest generation whose exchange it may come from.
    func lateResult(of login: Login, key: APIKey, sinceGeneration oldest: Int = 0) throws -> StagedTokens? {
        let row = try transaction.row(
            "SELECT generation, sealed FROM secret WHERE login_id = ? AND kind = 'late_result' AND generation >= ?",
            [login.id.rawValue, oldest]
        )
        guard let row, let generation = Int(exactly: try row.integer("generation")) else { return nil }
        let context = SealContext(.lateResult, of: login, key: key, generation: generation)
        return transaction.keyring.open(try row.blob("sealed"), for: context).flatMap(StagedTokens.init(encoded:))
    }

    func removeAll(of login: Login.ID) throws {
        try transaction.execute("DELETE FROM secret WHERE login_id = ?", [login.rawValue])
    }

    /// Removes secrets whose login or key was removed by a program that does not enforce foreign keys.
    func removeOrphans() throws {
        try transaction.execute(
            """
            DELETE FROM secret WHERE login_id NOT IN (SELECT id FROM login) OR api_key_id NOT IN (SELECT id FROM api_key)
            """,
            []
        )
    }

    private func keep(
        _ text: [UInt8],
        _ kind: SealContext.Kind,
        of login: Login,
        generation: Int,
        sealedFor context: SealContext
    ) throws {
        try transaction.execute(
            """
            INSERT INTO secret (login_id, kind, generation, key_id, sealed) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (login_id, kind) DO UPDATE
            SET generation = excluded.generation, key_id = excluded.key_id, sealed = excluded.sealed
            """,
            [
                login.id.rawValue, kind.rawValue, generation, transaction.keyring.keyID, try seal(text, for: context),
            ]
        )
    }

    // MARK: Envelopes

    private func seal(_ text: [UInt8], for context: SealContext) throws -> Data {
        try transaction.keyring.seal(text, for: context, nonce: transaction.random.bytes(12))
    }

    private func content(_ row: Row?, for context: SealContext) throws -> Content {
        guard let row else { return .missing }
        guard try row.text("key_id") == transaction.keyring.keyID,
            let text = transaction.keyring.open(try row.blob("sealed"), for: context)
        else { return .damaged }
        return .secret(Secret(String(decoding: text, as: UTF8.self)))
    }
}
