import Crypto
import Foundation
import TradeStationModel

/// One step of the schema: SQL that is not changed after a release.
struct Migration: Sendable {
    /// The file name without `.sql`.
    let name: String
    let sql: [UInt8]

    /// The digest of the text, which shows that a migration was changed after it was applied.
    var sha256: String { SHA256.hash(data: sql).hexadecimal }

    /// All migrations, in the order in which they are applied.
    static let all = [
        Migration(name: "V0001__init", sql: PackageResources.V0001__init_sql),
        Migration(name: "V0002__deadlines", sql: PackageResources.V0002__deadlines_sql),
        Migration(name: "V0003__older_copies", sql: PackageResources.V0003__older_copies_sql),
        Migration(name: "V0004__audit_numbers", sql: PackageResources.V0004__audit_numbers_sql),
    ]
}
