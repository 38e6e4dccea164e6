import Crypto
import Foundation

/// One step of the schema: SQL that was written once and is never edited after a release.
struct Migration: Sendable {
    /// The file name without `.sql`.
    let name: String
    let sql: [UInt8]

    /// Names the exact text; a migration that was edited after it was applied is recognised by it.
    var sha256: String { Keyring.hex(SHA256.hash(data: sql)) }

    /// All migrations, in the order in which they are applied.
    static let all = [
        Migration(name: "V0001__init", sql: PackageResources.V0001__init_sql),
        Migration(name: "V0002__deadlines", sql: PackageResources.V0002__deadlines_sql),
    ]
}
