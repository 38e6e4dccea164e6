import Foundation
import TradeStationModel

/// Which store an agent serves, so that a command never gets the token of another store: the file of the database.
package struct StoreIdentity: Hashable, Sendable {
    /// The identity in a header field.
    package let text: String

    init(text: String) {
        self.text = text
    }

    /// The identity of the store in a directory; nil if there is none.
    package init?(directory: String) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: directory + "/accounts.db"),
            let device = (attributes[.systemNumber] as? NSNumber)?.uint64Value,
            let file = (attributes[.systemFileNumber] as? NSNumber)?.uint64Value
        else { return nil }
        text = String(device, radix: 16) + "-" + String(file, radix: 16)
    }

    /// The field with the identity.
    static let field = "X-TSAccounts-Store"
    /// The field with the version of the agent.
    static let versionField = "X-TSAccounts-Version"
}
