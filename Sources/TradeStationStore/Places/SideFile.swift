import Foundation
import TradeStationModel

/// The place beside a login into which an answer goes before the database gets it: its space is reserved before
/// anything is sent, so that writing the answer needs none.
///
/// It is not wiped after a commit: it is sealed for the generation that the commit ended, so nobody can open it
/// for any later one, and the next answer overwrites it.
protocol SideFile: Sendable {
    /// Makes it, if there is none, and reserves its space.
    func reserve() throws(AccountsError) -> any OpenSideFile

    /// It, made if there is none.
    func open() throws(AccountsError) -> any OpenSideFile

    /// The sealed answer, or nil where there is no whole answer.
    func read() throws(AccountsError) -> Data?

    /// Makes the answer that was written durable.
    ///
    /// - Throws: `store_corrupt` when no whole answer is there (any more): then nothing is safe here.
    func synchronize() throws(AccountsError)

    /// Overwrites and removes it.
    func wipe() throws(AccountsError)
}

/// A side file that an answer can be written into.
protocol OpenSideFile: Sendable {
    /// Writes a sealed answer: one plain write, no sync.
    func write(_ envelope: Data) throws(AccountsError)
}
