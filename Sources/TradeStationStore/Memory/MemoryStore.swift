import Crypto
import Foundation
import GRDB
import Synchronization
import TradeStationModel

/// A place for stores in the memory of this process: the database, side files and locks that a directory would hold,
/// under the same rules. Stores that are opened in it share it; it goes with the last reference, and everything in it.
///
/// Nothing of it touches the disk.
package final class MemoryStore: StorePlace {
    /// The database and the keys that it was sealed with.
    struct Contents: Sendable {
        let database: DatabaseQueue
        let keyring: Keyring
    }

    let counters = MemoryChangeCounters()

    private let contents = Mutex<Contents?>(nil)
    private let sideFiles = Mutex<[Login.ID: MemorySideFile]>([:])
    private let locks = Mutex<[Login.ID: MemoryLock]>([:])

    /// An empty one.
    package init() {}

    var name: String { "the store in memory" }

    func sideFile(of login: Login.ID) -> any SideFile {
        sideFiles.withLock { files in
            let file = files[login] ?? MemorySideFile(name: "of sign-in \(login.rawValue) in memory")
            files[login] = file
            return file
        }
    }

    func lock(of login: Login.ID) -> any LockPlace {
        locks.withLock { locks in
            let lock = locks[login] ?? MemoryLock()
            locks[login] = lock
            return lock
        }
    }

    /// The database; made, once, by whoever comes first.
    func contents(_ migrator: Migrator, clock: any TimeSource, random: RandomSource) throws -> Contents {
        try contents.withLock { contents in
            if let contents { return contents }
            let keyring = Keyring(
                master: SymmetricKey(data: random.bytes(KeyFile.length)),
                storeID: random.hex(bytes: 16)
            )
            let database = try DatabaseQueue(configuration: .forWriting(busyMilliseconds: 0))
            try database.transact(
                .process,
                publishingTo: counters,
                {
                    try migrator.makeStore(in: $0, keyring: keyring, at: clock.wallTime(), nonce: random.bytes(12))
                },
                published: { $0 }
            )
            let made = Contents(database: database, keyring: keyring)
            contents = made
            return made
        }
    }
}
