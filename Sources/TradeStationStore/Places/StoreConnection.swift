import GRDB
import TradeStationModel

/// One store's way to the database of its place. It blocks, and belongs to the store's own queue.
protocol StoreConnection: AnyObject {
    /// Counts how often it was opened: what was read before the last time may not hold any more.
    var epoch: Int { get }

    /// Opens the database, or makes one.
    func open() throws

    /// The keys, of the database that is there now.
    func keyring() throws -> Keyring

    /// Runs a body on what is committed at this moment.
    func read<Value>(_ body: (Database, Keyring) throws -> Value) throws -> Value

    /// Runs a body as one transaction: all of it is committed, or nothing.
    ///
    /// - Parameter published: turns the body's result into this method's result once the commit is published. No other
    ///   writer has written in between.
    func write<Value, Result>(
        _ durability: Durability,
        _ body: (Database, Keyring) throws -> Value,
        published: (Value) -> Result
    ) throws -> Result

    /// Closes what is open. It opens again when it is used again.
    func close()
}
