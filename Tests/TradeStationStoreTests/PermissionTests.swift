import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// The modes and owners of a store's files and directories.
///
/// The tests are serialized because they share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct PermissionTests {
    @Test(arguments: [mode_t(0), 0o022, 0o277])
    func `directories have mode 0700 and files 0600 with every umask`(mask: mode_t) async throws {
        await #expect(processExitsWith: .success) { [mask] in
            umask(mask)
            let sample = try Sample()
            let store = try await sample.open()
            let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
            try await store.lock(id, timeoutMilliseconds: 0).unlock()
            try await sample.refresh(store, id, from: 1)
            for directory in ["", "/locks", "/pending"] {
                #expect(try sample.mode(sample.directory + directory) == 0o700)
            }
            for file in [
                "key", "accounts.db", "accounts.db-wal", "accounts.db-shm", "locks/store.lock",
                "locks/login-\(id.rawValue).lock",
                "pending/login-\(id.rawValue)",
            ] {
                #expect(try sample.mode(sample.directory + "/" + file) == 0o600, "\(file)")
            }
            var now = mode_t()
            now = umask(mask)
            #expect(now == mask)
            await store.close()
        }
    }

    @Test(arguments: ["key", "accounts.db", "", "locks", "pending"], [0o770, 0o707])
    func `files and directories that other users can write are refused with a command that fixes them`(
        name: String,
        mode: Int
    ) async throws {
        let sample = try await Sample.existing(isReachable: true)
        let path = name.isEmpty ? sample.directory : sample.directory + "/" + name
        #expect(chmod(path, mode_t(mode)) == 0)
        let error = try await sample.refusal()
        #expect(error.code == .insecurePermissions)
        let isFile = name == "key" || name == "accounts.db"
        #expect(error.suggestion == "chmod \(isFile ? "600" : "700") \(path)")
    }

    @Test(arguments: [0o640, 0o604]) func `a key that other users can read is refused`(mode: Int) async throws {
        let sample = try await Sample.existing(isReachable: true)
        #expect(chmod(sample.key, mode_t(mode)) == 0)
        let error = try await sample.refusal()
        #expect(error.code == .insecurePermissions)
        #expect(error.suggestion == "chmod 600 \(sample.key)")
    }

    @Test(arguments: ["key", "accounts.db", "", "locks", "pending", "locks/store.lock", "pending/login-1"])
    func `a mode that is too wide is put right if a directory above keeps other users out`(name: String) async throws {
        let sample = try await Sample.existing()
        let path = name.isEmpty ? sample.directory : sample.directory + "/" + name
        #expect(chmod(path, 0o777) == 0)
        let store = try await sample.open()
        let stored = try #require(try await store.login(Login.ID(rawValue: 1)))
        try await sample.refresh(store, stored.login.id, from: stored.login.generation)
        #expect(try sample.mode(path) == 0o700)
        await store.close()
    }

    @Test func `an empty directory with a umask of 002 becomes a store with mode 0700`() async throws {
        let sample = try Sample()
        #expect(chmod(sample.root, 0o755) == 0)
        #expect(mkdir(sample.directory, 0o755) == 0)
        #expect(chmod(sample.directory, 0o775) == 0)
        await (try await sample.open()).close()
        #expect(try sample.mode(sample.directory) == 0o700)
    }

    @Test func `one error lists everything that is too open, and its command puts all of it right`() async throws {
        let sample = try await Sample.existing(isReachable: true)
        for name in ["key", "accounts.db", "locks/store.lock", "pending/login-1"] {
            #expect(chmod(sample.directory + "/" + name, 0o666) == 0)
        }
        for name in ["locks", "pending"] { #expect(chmod(sample.directory + "/" + name, 0o777) == 0) }
        #expect(chmod(sample.root, 0o777) == 0)
        let error = try await sample.refusal()
        let command = try #require(error.suggestion)
        #expect(command.hasPrefix("chmod go-w \(sample.root) && chmod 600 "))
        #expect(try sample.run("/bin/sh", ["-c", command]).errors == "")
        await (try await sample.open()).close()
    }

    @Test func `a directory far above the store that other users can write is refused`() async throws {
        let sample = try await Sample.existing(isReachable: true)
        let deep = sample.root + "/a/b/c"
        try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
        #expect(rename(sample.directory, deep + "/store") == 0)
        #expect(chmod(sample.root + "/a", 0o777) == 0)
        let location = StoreLocation(directory: deep + "/store")
        func open() async throws {
            await
                (try await SQLiteCredentialStore.open(
                    at: location,
                    identity: sample.identity,
                    clock: sample.clock,
                    random: .system
                )).close()
        }
        let error = try await #require(throws: AccountsError.self) { try await open() }
        #expect(error.suggestion == "chmod go-w \(sample.root)/a")
        #expect(chmod(sample.root + "/a", 0o755) == 0)
        try await open()
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func `no store is made in the home directory of another user`() async throws {
        let sample = try Sample()
        #expect(chown(sample.root, 65_534, 65_534) == 0)
        let error = try await sample.refusal()
        #expect(error.code == .insecurePermissions)
        #expect(error.message.hasSuffix("can replace \(sample.directory): \(sample.root) belongs to that user."))
        #expect(error.suggestion?.hasPrefix("run the command as that user (sudo -u ") == true)
        #expect(!FileManager.default.fileExists(atPath: sample.directory))
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
    func `a volume that belongs to a group is refused, unless the group is trusted`() async throws {
        let sample = try await Sample.existing(isReachable: true)
        let store = try await sample.open()
        try await store.begin(sample.attempt(1), of: Login.ID(rawValue: 1), audit: [])
        await store.close()
        // As Kubernetes mounts a volume with an fsGroup.
        #expect(chmod(sample.root, 0o2777) == 0)
        let names = try FileManager.default.subpathsOfDirectory(atPath: sample.directory).map { "/" + $0 } + [""]
        for name in names {
            let path = sample.directory + name
            #expect(chown(path, 0, 2000) == 0)
            let isDirectory = try #require(try FileStatus.of(path)).isDirectory
            #expect(chmod(path, isDirectory ? 0o2770 : 0o660) == 0)
        }
        #expect(try await sample.refusal().code == .insecurePermissions)
        let trusting = try await sample.openExisting(policy: PermissionPolicy(trustsGroup: true))
        try await sample.refresh(trusting, Login.ID(rawValue: 1), from: 1)
        await trusting.close()
    }

    @Test func `audit rows say that the group was trusted`() async throws {
        let sample = try await Sample.existing()
        var identity = sample.identity
        identity.trustsGroup = true
        let store = try await SQLiteCredentialStore.open(
            at: sample.location,
            identity: identity,
            clock: sample.clock,
            random: .system
        )
        try await store.record([AuditEntry(.fenced, detail: ["n": "1"])])
        #expect(try await store.auditRecords(AuditQuery()).last?.text("detail") == #"{"n":"1","trusted":"group"}"#)
        #expect(try await store.verifyAudit().problem == nil)
        await store.close()
    }

    @Test func `a group that is the primary group of another user is not private`() {
        let (me, other) = (geteuid(), geteuid() + 1)
        let entries = "me:x:\(me):4242::/home/me:/bin/sh\nother:x:\(other):4243::/home/other:/bin/sh\nbroken\n"
        #expect(!UserGroup.hasOtherUsers(4242, in: entries))
        #expect(UserGroup.hasOtherUsers(4243, in: entries))
    }

    @Test(.enabled(if: geteuid() == 0, "only root can become another user"))
    func `a group is private if it has the user's name and no other members`() async throws {
        #expect(!UserGroup.isPrivate(0))
        await #expect(processExitsWith: .success) {
            let user = try #require(getpwnam("daemon")?.pointee)
            try #require(setegid(user.pw_gid) == 0 && seteuid(user.pw_uid) == 0)
            #expect(UserGroup.isPrivate(user.pw_gid))
            #expect(!UserGroup.isPrivate(user.pw_gid + 1))
            #expect(!UserGroup.isPrivate(0))
        }
    }

    @Test(arguments: ["key", "accounts.db"]) func `a pipe is refused without blocking`(name: String) async throws {
        let sample = try await Sample.existing()
        let path = sample.directory + "/" + name
        try FileManager.default.removeItem(atPath: path)
        #expect(mkfifo(path, 0o600) == 0)
        let error = try await sample.refusal()
        #expect(error.code == .insecurePermissions)
        #expect(error.message == "\(path) is not a regular file.")
    }

    @Test(
        .enabled(if: geteuid() == 0, "only root can give files away"),
        arguments: ["key", "accounts.db", "", "locks"]
    )
    func `files and directories of another user are refused`(name: String) async throws {
        let sample = try await Sample.existing()
        let path = name.isEmpty ? sample.directory : sample.directory + "/" + name
        #expect(chown(path, 65_534, 65_534) == 0)
        let error = try await sample.refusal()
        #expect(error.code == .insecurePermissions)
        #expect(error.message == "\(path) belongs to another user.")
        #expect(error.reason == "Its owner has user id 65534; this process runs as 0.")
        #expect(error.suggestion == "run the command as that user, or name another store: tsaccounts --store DIR ...")
    }

    @Test(arguments: [mode_t(0o777), 0o775, 0o720, 0o702])
    func `a directory whose parent other users can write is refused, unless the parent is sticky`(mode: mode_t)
        async throws
    {
        let sample = try await Sample.existing()
        #expect(chmod(sample.root, mode) == 0)
        let error = try await sample.refusal()
        #expect(error.code == .insecurePermissions)
        #expect(error.suggestion == "chmod go-w \(sample.root)")
        #expect(chmod(sample.root, mode | 0o1000) == 0)
        await (try await sample.open()).close()
    }

    @Test(arguments: [EACCES, EPERM]) func `no suggestion tells the user to change the owner of a file`(number: Int32) {
        let error = AccountsError.fileFailure(number, path: "/home/jane/store", "cannot be opened")
        #expect(error.suggestion?.contains("chown") == false)
        #expect(error.suggestion?.hasSuffix("ls -ld /home/jane /home/jane/store") == true)
    }
}
