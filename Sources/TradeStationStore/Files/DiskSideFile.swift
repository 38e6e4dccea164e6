import Foundation
import TradeStationModel

/// A side file on disk. Its format is a header, the length of the sealed answer, and the sealed answer.
struct DiskSideFile: SideFile {
    /// The reserved space: enough for three tokens of 16 KiB each and the other fields.
    static let capacity = 65_536
    /// The largest content: three tokens that each fit into the database. What is beyond the reserved space needs free
    /// space.
    private static let largestContent = 4 * capacity
    private static let magic = Array("tsac-pending-1\n\0".utf8)
    private static let headerLength = magic.count + 4

    let path: String

    private struct Open: OpenSideFile {
        let file: PrivateFile

        func write(_ envelope: Data) throws(AccountsError) {
            let length = (0..<4).map { UInt8(truncatingIfNeeded: envelope.count >> (24 - 8 * $0)) }
            try file.write(magic + length + envelope)
        }
    }

    func reserve() throws(AccountsError) -> any OpenSideFile {
        let file = try file()
        try file.reserve(Int64(Self.capacity))
        return Open(file: file)
    }

    func open() throws(AccountsError) -> any OpenSideFile {
        Open(file: try file())
    }

    private func file() throws(AccountsError) -> PrivateFile {
        try PrivateDirectory(path: path.directoryName).prepare()
        return try PrivateFile(path: path, flags: O_RDWR | O_CREAT)
    }

    func read() throws(AccountsError) -> Data? {
        guard let file = try PrivateFile.existing(path: path, flags: O_RDONLY) else { return nil }
        return try answer(in: file)
    }

    private func answer(in file: PrivateFile) throws(AccountsError) -> Data? {
        let header = try file.read(limit: Self.headerLength)
        guard header.count == Self.headerLength, Array(header[..<Self.magic.count]) == Self.magic else { return nil }
        let length = header[Self.magic.count...].reduce(0) { $0 << 8 | Int($1) }
        guard (1...Self.largestContent).contains(length) else { return nil }
        let bytes = try file.read(limit: Self.headerLength + length)
        guard bytes.count == Self.headerLength + length else { return nil }
        return Data(bytes[Self.headerLength...])
    }

    /// Syncs the answer and the name of the file to disk.
    func synchronize() throws(AccountsError) {
        guard let file = try PrivateFile.existing(path: path, flags: O_RDWR), try answer(in: file) != nil else {
            throw AccountsError.sideFileLost(path)
        }
        try file.synchronize()
        try PrivateDirectory(path: path.directoryName).synchronize()
    }

    func wipe() throws(AccountsError) {
        guard let file = try PrivateFile.existing(path: path, flags: O_RDWR) else { return }
        let length = Self.headerLength + (try answer(in: file)?.count ?? 0)
        try file.write([UInt8](repeating: 0, count: max(Self.capacity, length)))
        try PrivateFile.remove(path)
    }
}

extension AccountsError {
    static func sideFileLost(_ name: String) -> AccountsError {
        AccountsError(
            .storeCorrupt,
            "The side file \(name) no longer contains the new tokens.",
            reason: "Another program removed or emptied it.",
            suggestion: "find the program that cleans up that directory, then refresh again: tsaccounts refresh NAME"
        )
    }
}
