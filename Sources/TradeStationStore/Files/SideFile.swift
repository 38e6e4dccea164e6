import Foundation
import TradeStationModel

/// The file beside a login into which an answer goes before the database gets it: its space is reserved before
/// anything is sent, so that writing the answer needs none.
///
/// It is not wiped after a commit: it is sealed for the generation that the commit ended, so nobody can open it
/// for any later one, and the next answer overwrites it.
struct SideFile: Sendable {
    /// Enough for three tokens of 16 KiB each and what goes with them.
    static let capacity = 65_536
    private static let magic = Array("tsac-pending-1\n\0".utf8)
    private static let headerLength = magic.count + 4

    let path: String

    /// Makes the file, if there is none, and reserves its space.
    func reserve() throws(AccountsError) -> PrivateFile {
        let file = try open()
        try file.reserve(Int64(Self.capacity))
        return file
    }

    /// The file, made if there is none.
    func open() throws(AccountsError) -> PrivateFile {
        try PrivateFile(path: path, flags: O_RDWR | O_CREAT)
    }

    /// Writes a sealed answer: one plain write, no sync.
    func write(_ envelope: Data, to file: PrivateFile) throws(AccountsError) {
        let length = (0..<4).map { UInt8(truncatingIfNeeded: envelope.count >> (24 - 8 * $0)) }
        try file.write(Self.magic + length + envelope)
    }

    /// The sealed answer, or nil where there is no file or no whole answer in it.
    func read() throws(AccountsError) -> Data? {
        guard let file = try PrivateFile.existing(path: path, flags: O_RDONLY) else { return nil }
        return try answer(in: file)
    }

    private func answer(in file: PrivateFile) throws(AccountsError) -> Data? {
        let bytes = try file.read(limit: Self.headerLength + Self.capacity)
        guard bytes.count > Self.headerLength, Array(bytes[..<Self.magic.count]) == Self.magic else { return nil }
        let length = bytes[Self.magic.count..<Self.headerLength].reduce(0) { $0 << 8 | Int($1) }
        guard length > 0, bytes.count - Self.headerLength >= length else { return nil }
        return Data(bytes[Self.headerLength..<(Self.headerLength + length)])
    }

    /// Makes the answer that was written durable, and the file's name with it.
    ///
    /// - Throws: `store_corrupt` when no whole answer has that name (any more): then nothing is safe here.
    func synchronize() throws(AccountsError) {
        guard let file = try PrivateFile.existing(path: path, flags: O_RDWR), try answer(in: file) != nil else {
            throw AccountsError.sideFileLost(path)
        }
        try file.synchronize()
        try PrivateDirectory(path: path.directoryName).synchronize()
    }

    /// Overwrites and removes the file.
    func wipe() throws(AccountsError) {
        guard let file = try PrivateFile.existing(path: path, flags: O_RDWR) else { return }
        try file.write([UInt8](repeating: 0, count: Self.capacity))
        try PrivateFile.remove(path)
    }
}

extension AccountsError {
    static func sideFileLost(_ path: String) -> AccountsError {
        AccountsError(
            .storeCorrupt,
            "The side file \(path) does not hold the new tokens any more.",
            reason: "Something else than tsaccounts removed or emptied it.",
            suggestion: "look at what cleans up that directory, then refresh again: tsaccounts refresh NAME"
        )
    }
}
