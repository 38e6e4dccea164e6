import Foundation
import TradeStationModel

/// A side file on disk. Its format is a header, the length of the sealed answer, and the sealed answer.
struct DiskSideFile: SideFile {
    /// The reserved space: enough for three tokens of 16 KiB each and the other fields.
    static let capacity = 65_536
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
        let bytes = try file.read(limit: Self.headerLength + Self.capacity)
        guard bytes.count > Self.headerLength, Array(bytes[..<Self.magic.count]) == Self.magic else { return nil }
        let length = bytes[Self.magic.count..<Self.headerLength].reduce(0) { $0 << 8 | Int($1) }
        guard length > 0, bytes.count - Self.headerLength >= length else { return nil }
        return Data(bytes[Self.headerLength..<(Self.headerLength + length)])
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
        try file.write([UInt8](repeating: 0, count: Self.capacity))
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
