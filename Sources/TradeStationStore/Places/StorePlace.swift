import TradeStationModel

/// The place of a store: a directory, or memory. Besides the database it has a side file and a lock for each login.
protocol StorePlace: Sendable {
    /// The name of the database in messages.
    var name: String { get }

    func sideFile(of login: Login.ID) -> any SideFile

    /// - Throws: `insecure_permissions` and others if the lock cannot be created.
    func lock(of login: Login.ID) throws(AccountsError) -> any LockPlace
}
