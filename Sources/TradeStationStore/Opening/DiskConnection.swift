import GRDB
import TradeStationModel

/// The connection of a store to the database in its directory. Reading opens the database read-only. The writable
/// connection is opened by the first write, and writes under the store lock.
///
/// The database may be missing: then every use throws `store_missing` until ``createIfMissing()`` or another process
/// has created it.
final class DiskConnection: StoreConnection {
    private let opener: StoreOpener
    private var opened: OpenedStore?
    private var writer: WriterConnection?
    /// Whether the database has ever been open.
    private var wasOpened = false

    init(opener: StoreOpener) {
        self.opener = opener
    }

    func open() throws {
        opened = try opener.open()
        if opened != nil { wasOpened = true }
    }

    func createIfMissing() throws {
        guard opened == nil, !wasOpened else { return }
        opened = try opener.openOrCreate()
        wasOpened = true
    }

    func read<Value>(_ body: (Database, Keyring) throws -> Value) throws -> Value {
        let files = opener.files
        for _ in 0..<Self.maximumFrozenReads {
            let opened = try current()
            let result = Result { try opened.reader.queue.read { try body($0, opened.keyring) } }
            // A frozen reader takes no locks, so writers may have changed the file while the body read it.
            guard opened.reader.isFrozen, try opened.reader.isOutdated(path: files.database, logs: files.logs) else {
                return try result.get()
            }
        }
        throw AccountsError.busy(files.database)
    }

    private static let maximumFrozenReads = 10

    func write<Value, Result>(
        _ durability: Durability,
        _ body: (Database, Keyring) throws -> Value,
        published: (Value) -> Result
    ) throws -> Result {
        let opened = try current()
        let files = opener.files
        do {
            try PrivateDirectory(path: files.locks, policy: files.policy).prepare()
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
        opened?.reader.close()
        opened = nil
        writer?.close()
        writer = nil
    }

    // The file may have been replaced since it was opened, for example by a backup: then it is opened and checked again.
    private func current() throws -> OpenedStore {
        let files = opener.files
        guard let file = try FileStatus.of(files.database) else {
            if wasOpened { throw AccountsError.corrupt(files.database, reason: "It was removed while it was in use.") }
            // If there is more wrong than a missing store, opening throws the error that says what.
            try open()
            guard let opened else { throw AccountsError.storeMissing(files.location.dataDirectory) }
            return opened
        }
        // A frozen reader sees no later writes, so another one is opened: one with locks, as soon as that works again.
        if let opened, !opened.reader.isFrozen, opened.reader.file.isSameFile(as: file) { return opened }
        close()
        try open()
        guard let opened else { throw AccountsError.storeMissing(files.location.dataDirectory) }
        return opened
    }
}
