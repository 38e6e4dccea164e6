import Foundation
import TradeStationModel

/// The side file of a login: the file beside the database that holds an answer until the database has it. Its space is
/// reserved before a request is sent, so that writing the answer needs no free space.
///
/// A commit does not wipe it. Its content names the generation that the commit ended, so it is not saved again, and the
/// next answer overwrites it. Until then it shows whether the database has become an older copy.
protocol SideFile: Sendable {
    /// Opens the file, creates it if needed, and reserves its space.
    func reserve() throws(AccountsError) -> any OpenSideFile

    /// Opens the file, and creates it if needed.
    func open() throws(AccountsError) -> any OpenSideFile

    /// The sealed answer; nil if the file holds no complete answer.
    func read() throws(AccountsError) -> Data?

    /// Syncs the answer to disk.
    ///
    /// - Throws: `store_corrupt` if the file holds no complete answer.
    func synchronize() throws(AccountsError)

    /// Overwrites and removes the file.
    func wipe() throws(AccountsError)
}

/// An open side file.
protocol OpenSideFile: Sendable {
    /// Writes a sealed answer: one plain write, no sync.
    func write(_ envelope: Data) throws(AccountsError)
}

/// An open side file with reserved space, and the context that its content is sealed for. With both, writing an answer
/// needs neither the database nor free space.
struct PreparedSideFile: Sendable {
    let file: any OpenSideFile
    let login: Login
    let key: APIKey
    /// The ``StoreConnection/epoch`` in which login and key were read.
    let epoch: Int

    func write(_ tokens: StagedTokens, keyring: Keyring, nonce: [UInt8]) throws {
        let context = SealContext(sideFileOf: login, key: key)
        try file.write(try keyring.seal(tokens.encoded, for: context, nonce: nonce))
    }
}
