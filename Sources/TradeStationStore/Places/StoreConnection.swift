import GRDB
import TradeStationModel

/// The connection of one store to its database. Its calls block, on the store's own queue.
protocol StoreConnection: AnyObject {
    /// Opens the database, if it exists.
    func open() throws

    /// Creates the database, unless it exists.
    func createIfMissing() throws

    /// Runs a body that reads what has been committed so far.
    func read<Value>(_ body: (Database, Keyring) throws -> Value) throws -> Value

    /// Runs a body as one transaction: all of it is committed, or nothing.
    ///
    /// - Parameter published: turns the body's result into this method's result. It is called once the commit is
    ///   published, before another writer can write.
    func write<Value, Result>(
        _ durability: Durability,
        _ body: (Database, Keyring) throws -> Value,
        published: (Value) -> Result
    ) throws -> Result

    /// Closes the database. The next use opens it again.
    func close()
}
