import TradeStationModel

/// The paths of all files and directories of a store.
struct StoreFiles: StorePlace {
    let location: StoreLocation
    let policy: PermissionPolicy

    var database: String { location.dataDirectory + "/accounts.db" }
    /// The database while it is created; it is renamed when it is complete.
    var newDatabase: String { database + ".new" }
    /// The files beside the database that may contain newer data than it.
    var logs: [String] { ["-wal", "-journal"].map { database + $0 } }
    var key: String { location.configDirectory + "/key" }
    /// The key that the service manager passes to this process; nil if it passes none.
    var credential: KeyCredential? { location.keyCredential.flatMap(KeyCredential.init(path:)) }
    var locks: String { location.dataDirectory + "/locks" }
    var storeLock: String { locks + "/store.lock" }
    /// The lock of the processes that have the database open for writing.
    var writers: String { locks + "/writers" }
    /// The lock of a process that serves the store.
    var serveMark: String { locks + "/serve.lock" }
    /// The change counters.
    var changes: String { locks + "/changes" }
    /// What is known about the quotas.
    var quotas: String { locks + "/quotas" }
    var pending: String { location.dataDirectory + "/pending" }

    var name: String { database }

    func sideFile(of login: Login.ID) -> any SideFile {
        DiskSideFile(path: pending + "/login-\(login.rawValue)", policy: policy)
    }

    func lock(of login: Login.ID) throws(AccountsError) -> any LockPlace {
        try PrivateDirectory(path: locks, policy: policy).prepare()
        return LockFile(path: locks + "/login-\(login.rawValue).lock", policy: policy)
    }

    /// The files SQLite keeps beside a database.
    static func auxiliaryFiles(of database: String) -> [String] {
        ["-wal", "-shm", "-journal"].map { database + $0 }
    }

    /// Creates the missing directories, and checks all of them.
    func prepareDirectories() throws(AccountsError) {
        for path in [location.dataDirectory, location.configDirectory] {
            try PrivateDirectory(path: path, policy: policy).prepareWithParents()
        }
        for path in [locks, pending] { try PrivateDirectory(path: path, policy: policy).prepare() }
    }
}
