import Foundation
import GRDB
import TradeStationModel

/// An open transaction, with the keys, clock and randomness for reading and writing rows.
struct StoreTransaction {
    let database: Database
    let keyring: Keyring
    let identity: AuditIdentity
    let clock: any TimeSource
    let random: RandomSource

    var apiKeys: APIKeyTable { APIKeyTable(transaction: self) }
    var logins: LoginTable { LoginTable(transaction: self) }
    var profiles: ProfileTable { ProfileTable(transaction: self) }
    var secrets: SecretTable { SecretTable(transaction: self) }
    var audit: AuditTable { AuditTable(transaction: self) }
    var witness: AuditWitness { AuditWitness(transaction: self) }
    var refreshes: RefreshWriter { RefreshWriter(transaction: self) }
    var rollbacks: RollbackWriter { RollbackWriter(transaction: self) }
    var profileWriter: ProfileWriter { ProfileWriter(transaction: self) }

    /// Runs a statement, which is compiled once per connection.
    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(database.cachedStatement(sql: sql), arguments: arguments)
    }
}

/// A column contains a value that no version writes.
struct ImpossibleValue: Error {}

extension Row {
    func text(_ column: String) throws -> String { try decode(String.self, forColumn: column) }
    func optionalText(_ column: String) throws -> String? { try decode(String?.self, forColumn: column) }
    func integer(_ column: String) throws -> Int64 { try decode(Int64.self, forColumn: column) }
    func blob(_ column: String) throws -> Data { try decode(Data.self, forColumn: column) }

    /// A time in a column that must not be null.
    func time(_ column: String) throws -> Timestamp {
        guard let time = try optionalTime(column) else { throw ImpossibleValue() }
        return time
    }

    func optionalTime(_ column: String) throws -> Timestamp? {
        guard let text = try optionalText(column) else { return nil }
        guard let time = Timestamp(text) else { throw ImpossibleValue() }
        return time
    }

    /// The case of an enumeration whose raw value is in a column.
    func enumCase<Value: RawRepresentable>(_ column: String, _: Value.Type = Value.self) throws -> Value
    where Value.RawValue == String {
        guard let value = Value(rawValue: try text(column)) else { throw ImpossibleValue() }
        return value
    }
}
