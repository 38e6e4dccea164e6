import TradeStationModel

/// Where stores meet that are one: a directory, or memory. Beside the database it has a side file and a lock for
/// each login.
protocol StorePlace: Sendable {
    /// Names the database in messages.
    var name: String { get }

    func sideFile(of login: Login.ID) -> any SideFile

    /// - Throws: `insecure_permissions` and others when there can be no lock.
    func lock(of login: Login.ID) throws(AccountsError) -> any LockPlace
}
