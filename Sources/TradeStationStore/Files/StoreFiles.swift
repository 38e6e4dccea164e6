import TradeStationModel

/// The names of everything a store keeps on disk.
struct StoreFiles: StorePlace {
    let location: StoreLocation

    var database: String { location.dataDirectory + "/accounts.db" }
    /// Where a database is made before it gets its name, so that `accounts.db` is never half a store.
    var newDatabase: String { database + ".new" }
    /// The files beside the database that may hold what it does not have yet.
    var logs: [String] { ["-wal", "-journal"].map { database + $0 } }
    var key: String { location.configDirectory + "/key" }
    var locks: String { location.dataDirectory + "/locks" }
    var storeLock: String { locks + "/store.lock" }
    /// The change counters.
    var changes: String { locks + "/changes" }
    var pending: String { location.dataDirectory + "/pending" }

    var name: String { database }

    func sideFile(of login: Login.ID) -> any SideFile {
        DiskSideFile(path: pending + "/login-\(login.rawValue)")
    }

    func lock(of login: Login.ID) throws(AccountsError) -> any LockPlace {
        try PrivateDirectory(path: locks).prepare()
        return LockFile(path: locks + "/login-\(login.rawValue).lock")
    }

    /// The files SQLite keeps beside a database.
    static func companions(of database: String) -> [String] {
        ["-wal", "-shm", "-journal"].map { database + $0 }
    }

    /// Makes the directories that are missing, and checks all of them.
    func prepareDirectories() throws(AccountsError) {
        for path in [location.dataDirectory, location.configDirectory, locks, pending] {
            try PrivateDirectory(path: path).prepare()
        }
    }

    /// Checks everything that is there already, without opening it: closing a second descriptor of a database would
    /// drop SQLite's locks on it (POSIX advisory locks).
    func check() throws(AccountsError) {
        for path in [location.dataDirectory, location.configDirectory, locks, pending] {
            try PrivateDirectory(path: path).checkIfPresent()
        }
        for path in [database] + StoreFiles.companions(of: database) {
            try FileStatus.of(path)?.requirePrivateFile(path)
        }
    }
}
