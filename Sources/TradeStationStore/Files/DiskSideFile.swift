import Foundation
import TradeStationModel

/// A side file on disk. Its format is a header, the length of the sealed answer, and the sealed answer.
struct DiskSideFile: SideFile {
    /// The reserved space: enough for three tokens of 16 KiB each and the other fields.
    static let capacity = 65_536
    /// The maximum size of the content: three tokens of the maximum size that the database accepts. A larger
    /// content than the reserved space can be written only if the disk has free space.
    private static let largestContent = 4 * capacity
    private static let magic = Array("tsac-pending-1\n\0".utf8)
    private static let headerLength = magic.count + 4

    let path: String
    let policy: PermissionPolicy

    var name: String { path }

    /// The open file and its directory. Whatever happens to their paths, the answer can be written and synced.
    private struct OpenFile: OpenSideFile {
        let file: PrivateFile
        let directory: OpenDirectory

        var isNamed: Bool { file.isNamed }

        func write(_ envelope: Data) throws(AccountsError) {
            let length = (0..<4).map { UInt8(truncatingIfNeeded: envelope.count >> (24 - 8 * $0)) }
            try file.write(magic + length + envelope)
        }

        func synchronize() throws(AccountsError) {
            guard isNamed, try DiskSideFile.answer(in: file) != nil else {
                throw AccountsError.sideFileLost(file.path)
            }
            try file.synchronize()
            try directory.synchronize()
        }
    }

    func reserve() throws(AccountsError) -> any OpenSideFile {
        try PrivateDirectory(path: path.directoryName, policy: policy).prepare()
        let file = try PrivateFile(path: path, flags: O_RDWR | O_CREAT, policy: policy)
        try file.reserve(Int64(Self.capacity))
        return OpenFile(file: file, directory: try OpenDirectory(path: path.directoryName))
    }

    func existing() throws(AccountsError) -> (any OpenSideFile)? {
        guard let file = try PrivateFile.existing(path: path, flags: O_RDWR, policy: policy) else { return nil }
        return OpenFile(file: file, directory: try OpenDirectory(path: path.directoryName))
    }

    func read() throws(AccountsError) -> Data? {
        guard let file = try PrivateFile.existing(path: path, flags: O_RDONLY, policy: policy) else { return nil }
        return try Self.answer(in: file)
    }

    private static func answer(in file: PrivateFile) throws(AccountsError) -> Data? {
        let header = try file.read(limit: headerLength)
        guard header.count == headerLength, Array(header[..<magic.count]) == magic else { return nil }
        let length = header[magic.count...].reduce(0) { $0 << 8 | Int($1) }
        guard (1...largestContent).contains(length) else { return nil }
        let bytes = try file.read(limit: headerLength + length)
        guard bytes.count == headerLength + length else { return nil }
        return Data(bytes[headerLength...])
    }

    func wipe() throws(AccountsError) {
        guard let file = try PrivateFile.existing(path: path, flags: O_RDWR, policy: policy) else { return }
        let length = Self.headerLength + (try Self.answer(in: file)?.count ?? 0)
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
