import Foundation
import TradeStationModel

/// The side file of a login: a file beside the database that holds new tokens until the database has them. Its space is
/// reserved before a request is sent, so that writing the answer needs no free space.
///
/// A commit does not wipe the file. Its tokens are not saved again, because the file names the generation that the
/// commit replaced. They stay in the file until the next answer overwrites them, and can show that the database is an
/// older copy.
protocol SideFile: Sendable {
    /// The name of the file in messages.
    var name: String { get }

    /// Opens the file, creates it if needed, and reserves its space.
    func reserve() throws(AccountsError) -> any OpenSideFile

    /// Opens the file; nil if it does not exist.
    func existing() throws(AccountsError) -> (any OpenSideFile)?

    /// The sealed answer; nil if the file holds no complete answer.
    func read() throws(AccountsError) -> Data?

    /// Overwrites and removes the file.
    func wipe() throws(AccountsError)
}

/// An open side file. It needs no path, so it can be used after its directory was renamed, replaced or unmounted.
protocol OpenSideFile: Sendable {
    /// Whether the file still has a name, so that the next process can find the answer.
    var isNamed: Bool { get }

    /// Writes a sealed answer: one plain write, no sync.
    func write(_ envelope: Data) throws(AccountsError)

    /// Syncs the answer and the name of the file to disk.
    ///
    /// - Throws: `store_corrupt` if the file holds no complete answer, or was removed.
    func synchronize() throws(AccountsError)
}

/// Everything that writing an answer needs: an open side file with reserved space, the keys, and the context that its
/// content is sealed for. Neither the database nor a path nor free space is needed then.
struct PreparedSideFile: Sendable {
    let file: any OpenSideFile
    let login: Login
    let key: APIKey
    let keyring: Keyring

    func write(_ tokens: StagedTokens, nonce: [UInt8]) throws {
        let context = SealContext(sideFileOf: login, key: key)
        try file.write(try keyring.seal(tokens.encoded, for: context, nonce: nonce))
    }
}
