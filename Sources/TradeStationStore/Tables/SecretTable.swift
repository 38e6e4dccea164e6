import Foundation
import GRDB
import TradeStationModel

/// The table `secret`: one sealed secret per owner and kind.
struct SecretTable {
    let transaction: StoreTransaction

    // MARK: Client secrets

    func clientSecret(of key: APIKey) throws -> Secret? {
        let row = try transaction.row(
            "SELECT key_id, sealed FROM secret WHERE api_key_id = ? AND kind = 'client_secret'",
            [key.id.rawValue]
        )
        return try row.map { try open($0, for: SealContext(clientSecretOf: key)) }.map(secret)
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

    /// The token of the login's current generation; nil if it has none of that kind.
    func token(_ kind: SealContext.Kind, of login: Login, key: APIKey) throws -> Secret? {
        let row = try transaction.row(
            "SELECT generation, key_id, sealed FROM secret WHERE login_id = ? AND kind = ?",
            [login.id.rawValue, kind.rawValue]
        )
        return try row.map { row in
            guard try row.integer("generation") == login.generation else {
                throw AccountsError.tampered("A token of the profile")
            }
            return try open(row, for: SealContext(kind, of: login, key: key, generation: login.generation))
        }.map(secret)
    }

    /// Saves a token for a generation; nil removes the stored one.
    func setToken(_ token: Secret?, _ kind: SealContext.Kind, of login: Login, key: APIKey, generation: Int) throws {
        guard let token else {
            try transaction.execute(
                "DELETE FROM secret WHERE login_id = ? AND kind = ?",
                [login.id.rawValue, kind.rawValue]
            )
            return
        }
        try keep(Array(token.exposed.utf8), kind, of: login, key: key, generation: generation)
    }

    /// Saves an answer that came too late, beside the current tokens.
    func setLateResult(_ result: StagedTokens, of login: Login, key: APIKey) throws {
        try keep(result.encoded, .lateResult, of: login, key: key, generation: result.parentGeneration)
    }

    /// The saved answer that came too late; nil if there is none, or it does not open for this login: a damaged one must
    /// not stop a new sign-in.
    func lateResult(of login: Login, key: APIKey) throws -> StagedTokens? {
        let row = try transaction.row(
            "SELECT generation, sealed FROM secret WHERE login_id = ? AND kind = 'late_result'",
            [login.id.rawValue]
        )
        guard let row else { return nil }
        let generation = try row.decode(Int.self, forColumn: "generation")
        let context = SealContext(.lateResult, of: login, key: key, generation: generation)
        return transaction.keyring.open(try row.blob("sealed"), for: context).flatMap(StagedTokens.init(encoded:))
    }

    func removeLateResult(of login: Login.ID) throws {
        try transaction.execute("DELETE FROM secret WHERE login_id = ? AND kind = 'late_result'", [login.rawValue])
    }

    func removeAll(of login: Login.ID) throws {
        try transaction.execute("DELETE FROM secret WHERE login_id = ?", [login.rawValue])
    }

    private func keep(
        _ text: [UInt8],
        _ kind: SealContext.Kind,
        of login: Login,
        key: APIKey,
        generation: Int
    ) throws {
        let context = SealContext(kind, of: login, key: key, generation: generation)
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

    private func open(_ row: Row, for context: SealContext) throws -> [UInt8] {
        guard try row.text("key_id") == transaction.keyring.keyID else {
            throw AccountsError(
                .keyMismatch,
                "A secret of the profile is sealed with another key.",
                suggestion: "restore the key file that belongs to this store"
            )
        }
        guard let text = transaction.keyring.open(try row.blob("sealed"), for: context) else {
            throw AccountsError.tampered("A secret of the profile")
        }
        return text
    }

    private func secret(_ text: [UInt8]) -> Secret {
        Secret(String(decoding: text, as: UTF8.self))
    }
}
