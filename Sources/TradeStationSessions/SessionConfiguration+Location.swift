import Foundation
import TradeStationModel
import TradeStationStore

extension SessionConfiguration {
    /// The directory that the database lives in, or will live in.
    ///
    /// - Throws: ``AccountsError`` `no_store_directory`.
    public var dataDirectory: String {
        get throws(AccountsError) { try location().dataDirectory }
    }

    func location() throws(AccountsError) -> StoreLocation {
        if let storeDirectory { return StoreLocation(directory: storeDirectory) }
        return try StoreLocation.standard(environment: ProcessInfo.processInfo.environment)
    }
}
