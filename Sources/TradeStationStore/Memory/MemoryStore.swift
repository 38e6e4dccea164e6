import Crypto
import Foundation
import GRDB
import Synchronization
package import TradeStationModel

/// The content of a store in the memory of this process: its database, side files and locks. They follow the same rules
/// as those in a directory. All stores that are opened with this object share its content, which is freed with the last
/// reference.
///
/// It writes nothing to disk.
package final class MemoryStore: StorePlace {
    /// The database and its keys.
    struct Contents: Sendable {
        let database: DatabaseQueue
        let keyring: Keyring
    }

    let counters = MemoryChangeCounters()
    let quotas = MemoryQuotaBoard()

    private let contents = Mutex<Contents?>(nil)
    private let sideFiles = Mutex<[Login.ID: MemorySideFile]>([:])
    private let locks = Mutex<[Login.ID: MemoryLock]>([:])

    /// Creates an empty store.
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

    /// The database and its keys, which the first caller creates.
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

/// A function that is called for every new refresh token that a store has saved, with a profile that uses the token.
///
/// The function runs on the store's own queue and may block. Until it returns, no caller gets the tokens that came with
/// the refresh token.
package typealias RotationListener = @Sendable (_ profile: ProfileName, _ refreshToken: Secret) -> Void
