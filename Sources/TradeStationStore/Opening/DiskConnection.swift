import GRDB
import TradeStationModel

/// The connection of a store to the database in its directory. Reading opens the database read-only. The writable
/// connection is opened by the first write, and writes under the store lock.
final class DiskConnection: StoreConnection {
    private let opener: StoreOpener
    private var opened: OpenedStore?
    private var writer: WriterConnection?
    private(set) var epoch = 0

    init(opener: StoreOpener) {
        self.opener = opener
    }

    func open() throws {
        opened = try opener.open()
        epoch += 1
    }

    func keyring() throws -> Keyring { try current().keyring }

    func read<Value>(_ body: (Database, Keyring) throws -> Value) throws -> Value {
        let opened = try current()
        return try opened.reader.read { try body($0, opened.keyring) }
    }

    func write<Value, Result>(
        _ durability: Durability,
        _ body: (Database, Keyring) throws -> Value,
        published: (Value) -> Result
    ) throws -> Result {
        let opened = try current()
        let files = opener.files
        do {
            try PrivateDirectory(path: files.locks).prepare()
            return try opener.lock.hold {
                let writer = try writer ?? opener.openWriter()
                self.writer = writer
                return try writer.write(
                    durability,
                    { database in
                        try opener.migrator.requireCurrent(database, path: files.database)
                        return try body(database, opened.keyring)
                    },
                    published: published
                )
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_IOERR {
            // After a failed sync it is unknown what the disk holds: the next write opens a new connection.
            close()
            throw error
        }
    }

    /// Closes files and connections. The last close of a database moves the write-ahead log into it.
    func close() {
        // The reader is closed first: while it is open, the writer cannot move the log into the database.
        try? opened?.reader.close()
        opened = nil
        writer?.close()
        writer = nil
    }

    // The file may have been replaced since it was opened, for example by a backup: then it is opened and checked again.
    private func current() throws -> OpenedStore {
        let database = opener.files.database
        guard let file = try FileStatus.of(database) else {
            throw AccountsError.corrupt(database, reason: "It was removed while it was in use.")
        }
        if let opened, opened.file.isSameFile(as: file) { return opened }
        close()
        try open()
        guard let opened else { throw AccountsError.storeClosed }
        return opened
    }
}
