import Foundation
import TradeStationModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Which store an agent serves, so that a command never gets the token of another store: the file of the database.
package struct StoreIdentity: Hashable, Sendable {
    /// The identity in a header field.
    package let text: String

    init(text: String) {
        self.text = text
    }

    /// The identity of the store in a directory; nil if there is none.
    package init?(directory: String) {
        var status = stat()
        guard stat(directory + "/accounts.db", &status) == 0 else { return nil }
        text =
            String(UInt64(truncatingIfNeeded: status.st_dev), radix: 16) + "-"
            + String(UInt64(status.st_ino), radix: 16)
    }

    /// The field with the identity.
    static let field = "X-TSAccounts-Store"
    /// The field with the version of the agent.
    static let versionField = "X-TSAccounts-Version"
}
