import Foundation
import GRDB
import Testing
import TradeStationModel

@testable import TradeStationStore

/// The tests are serialized because all of them share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct StoreFailureTests {
    @Test(arguments: [
        (ResultCode.SQLITE_FULL, AccountsError.Code.storeFull),
        (.SQLITE_READONLY, .storeReadonly), (.SQLITE_READONLY_CANTINIT, .storeReadonly),
        (.SQLITE_IOERR_FSYNC, .storeReadonly), (.SQLITE_IOERR_WRITE, .storeReadonly),
        (.SQLITE_IOERR_SHMSIZE, .storeFull),
        (.SQLITE_BUSY, .storeBusy), (.SQLITE_BUSY_RECOVERY, .storeBusy), (.SQLITE_LOCKED, .storeBusy),
        (.SQLITE_CORRUPT, .storeCorrupt), (.SQLITE_NOTADB, .storeCorrupt), (.SQLITE_CORRUPT_VTAB, .storeCorrupt),
        (.SQLITE_PROTOCOL, .cannotCreate), (.SQLITE_IOERR_LOCK, .cannotCreate), (.SQLITE_IOERR_RDLOCK, .cannotCreate),
        (.SQLITE_IOERR_UNLOCK, .cannotCreate), (.SQLITE_IOERR_CHECKRESERVEDLOCK, .cannotCreate),
        (.SQLITE_IOERR_SHMOPEN, .cannotCreate), (.SQLITE_IOERR_SHMMAP, .cannotCreate),
        (.SQLITE_IOERR_SHMLOCK, .cannotCreate), (.SQLITE_NOLFS, .cannotCreate), (.SQLITE_IOERR_READ, .storeReadonly),
        (.SQLITE_IOERR_NOMEM, .storeBusy), (.SQLITE_NOMEM, .storeBusy),
        (.SQLITE_PERM, .insecurePermissions), (.SQLITE_CANTOPEN, .cannotCreate),
        (.SQLITE_CONSTRAINT_TRIGGER, .internal), (.SQLITE_MISUSE, .internal),
    ])
    func `every SQLite error gets a code and a text without SQL or values`(
        result: ResultCode,
        code: AccountsError.Code
    ) {
        let error = DatabaseError(
            resultCode: result,
            message: "canary in message",
            sql: "INSERT canary",
            arguments: ["canary"]
        )
        let shown = AccountsError.shown(error, path: "/store/accounts.db")
        #expect(shown.code == code)
        #expect(shown.suggestion != nil)
        #expect(!shown.description.contains("canary"))
        #expect(shown.description.split(separator: "\n").count <= 3)
    }

    @Test(arguments: [
        (ENOSPC, AccountsError.Code.storeFull), (EDQUOT, .storeFull), (EFBIG, .storeFull), (EROFS, .storeReadonly),
        (EACCES, .insecurePermissions), (EPERM, .insecurePermissions), (ENOENT, .cannotCreate), (EMFILE, .storeBusy),
        (ENOSYS, .cannotCreate), (ENOLCK, .cannotCreate), (EOPNOTSUPP, .cannotCreate), (EINVAL, .cannotCreate),
        (ESTALE, .storeReadonly), (ENOTCONN, .storeReadonly), (ETIMEDOUT, .storeReadonly), (EIO, .storeReadonly),
        (ENOMEM, .storeBusy), (4711, .storeReadonly),
    ])
    func `every system error gets a code and a suggestion`(number: Int32, code: AccountsError.Code) {
        let shown = AccountsError.fileFailure(number, path: "/store/key", "cannot be read")
        #expect(shown.code == code)
        #expect(shown.suggestion != nil)
    }

    @Test(arguments: [ENOSYS, ENOLCK, EOPNOTSUPP, EIO, ESTALE])
    func `a file system that cannot hold a store is named, with what to do`(number: Int32) {
        let shown = AccountsError.fileFailure(number, path: "/proc/self/key", "cannot be locked")
        #expect(shown.message == "/proc/self/key cannot be locked.")
        #expect(shown.reason?.hasPrefix("The file system (proc)") == true)
        #expect(shown.suggestion?.hasSuffix("local disk: tsaccounts --store DIR ...") == true)
    }

    @Test func `a database that another program keeps locked is reported as busy`() async throws {
        let sample = try Sample()
        let store = try await sample.open(lockMilliseconds: 20)
        try await store.record([AuditEntry(.fenced)])
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let holder = try DatabaseQueue(path: sample.database, configuration: configuration)
        let error = try await #require(throws: AccountsError.self) {
            try await holder.writeBlocking { try await store.record([AuditEntry(.fenced)]) }
        }
        #expect(error.code == .storeBusy)
        try await store.record([AuditEntry(.fenced)])
        #expect(try await store.auditRecords(AuditQuery()).count == 2)
        await store.close()
    }

    @Test(arguments: [16_384, 65_536])
    func `a limit on file size is reported as a full disk, and no write is left half done`(limit: Int)
        async throws
    {
        let sample = try Sample()
        let store = try await sample.open()
        let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
        await store.close()
        await #expect(processExitsWith: .success) { [root = sample.root as String, limit = limit as Int] in
            let sample = try Sample(root: root)
            try limitFileSize(limit)
            let error = try await #require(throws: AccountsError.self) {
                let store = try await sample.open()
                for generation in 1...20 { try await sample.refresh(store, Login.ID(rawValue: 1), from: generation) }
            }
            #expect(error.code == .storeFull)
        }
        let again = try await sample.open()
        let stored = try #require(try await again.login(id))
        #expect(stored.tokens == sample.tokens(stored.login.generation == 1 ? "a" : "g\(stored.login.generation)"))
        #expect(try await again.verifyAudit().problem == nil)
        await again.close()
    }

    @Test func `a first start with a limit on file size is reported as a full disk`() async throws {
        let sample = try Sample()
        await #expect(processExitsWith: .success) { [root = sample.root as String] in
            try limitFileSize(16_384)
            let error = try await Sample(root: root).refusal()
            #expect(error.code == .storeFull)
        }
        let store = try await sample.open()
        #expect(try await store.profiles() == [])
        await store.close()
    }

    @Test(.enabled(if: geteuid() == 0, "only root can mount a small disk"))
    func `on a full disk no attempt starts, and the answer to a started one is kept in the side file`() async throws {
        let sample = try Sample()
        guard try sample.mountSmallDisk() else { return }
        defer { sample.unmount() }
        let store = try await sample.open()
        let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
        let other = try await store.add(
            try sample.profile("other", tokens: sample.tokens("o"), client: "two"),
            audit: []
        ).login.id
        try await store.begin(sample.attempt(1), of: id, audit: [])
        let filler = sample.root + "/filler"
        _ = try sample.run("/usr/bin/env", ["dd", "if=/dev/zero", "of=\(filler)", "bs=4096"])

        let beginning = try await #require(throws: AccountsError.self) {
            try await store.begin(sample.attempt(2), of: other, audit: [])
        }
        #expect(beginning.code == .storeFull)
        #expect(try await store.login(other)?.login.attempt == nil)

        try await store.stage(sample.staged("b", after: 1), for: id)
        try await store.synchronizeStaged(for: id)
        let commit = sample.commit("b", after: 1)
        let saving = try await #require(throws: AccountsError.self) {
            _ = try await store.commit(commit, to: id, audit: [AuditEntry(.refreshSucceeded, loginID: id)])
        }
        #expect(saving.code == .storeFull)
        let stored = try #require(try await store.login(id))
        #expect(stored.tokens == sample.tokens("a"))
        #expect(stored.staged == sample.staged("b", after: 1))

        try FileManager.default.removeItem(atPath: filler)
        #expect(
            try await store.commit(commit, to: id, audit: [AuditEntry(.recovered, loginID: id)])
                .savedGeneration == 2
        )
        #expect(try await store.login(id)?.tokens == sample.tokens("b"))

        await store.close()
        try sample.makeReadOnly()
        let reader = try await sample.open()
        #expect(try await reader.login(id)?.tokens == sample.tokens("b"))
        #expect(try await reader.verifyAudit().problem == nil)
        let refused = try await #require(throws: AccountsError.self) { try await reader.record([AuditEntry(.fenced)]) }
        #expect(refused.code == .storeReadonly)
        await reader.close()
    }

    enum Log: CaseIterable { case none, leftBehind }

    @Test(.enabled(if: geteuid() == 0, "only root can mount a small disk"), arguments: Log.allCases, [true, false])
    func `a store is read on a disk that was full or read-only before the start`(log: Log, isFull: Bool) async throws {
        let (source, sample) = (try Sample(), try Sample())
        let store = try await source.open()
        let id = try await store.add(try source.profile("swing", tokens: source.tokens("a")), audit: []).login.id
        guard try sample.mountSmallDisk() else { return }
        defer { sample.unmount() }
        // Copied from an open store, the directory is as a killed process leaves it.
        if log == .none { await store.close() }
        _ = try sample.run("/bin/cp", ["-a", source.directory, sample.directory])
        if log == .leftBehind { await store.close() }
        #expect(FileManager.default.fileExists(atPath: sample.database + "-wal") == (log == .leftBehind))
        if isFull {
            _ = try sample.run("/usr/bin/env", ["dd", "if=/dev/zero", "of=\(sample.root)/filler", "bs=4096"])
        } else {
            try sample.makeReadOnly()
        }
        let reader = try await sample.open()
        reader.changes.watch()
        #expect(try await reader.profiles().count == 1)
        #expect(try await reader.login(id)?.tokens == source.tokens("a"))
        #expect(try await reader.verifyAudit().problem == nil)
        let error = try await #require(throws: AccountsError.self) { try await reader.record([AuditEntry(.fenced)]) }
        #expect(error.code == (isFull ? .storeFull : .storeReadonly))
        if isFull {
            // As soon as there is space, the same store writes again, and reads what it has written.
            try FileManager.default.removeItem(atPath: sample.root + "/filler")
            try await reader.record([AuditEntry(.fenced)])
            #expect(try await reader.auditRecords(AuditQuery()).count == 1)
        }
        await reader.close()
    }
}

extension DatabaseQueue {
    /// Holds the write lock of the database while a body runs.
    fileprivate func writeBlocking(_ body: () async throws -> Void) async throws {
        try await writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        defer { try? close() }
        try await body()
    }
}

extension Sample {
    /// Mounts a small disk at the root. Returns false where even root may not, as in some containers.
    fileprivate func mountSmallDisk() throws -> Bool {
        try run("/usr/bin/env", ["mount", "-t", "tmpfs", "-o", "size=2m,mode=700", "none", root]).errors == ""
    }

    fileprivate func unmount() {
        _ = try? run("/usr/bin/env", ["umount", "-l", root])
    }

    /// Makes the mounted disk read-only.
    fileprivate func makeReadOnly() throws {
        // The mount is busy while a child process of another test shares our descriptors, until that process executes.
        var complaint = "busy"
        for _ in 1...1000 where !complaint.isEmpty {
            complaint = try run("/usr/bin/env", ["mount", "-o", "remount,ro", root]).errors
        }
        #expect(complaint == "")
    }
}

/// Limits the size of the files that this process writes; exceeding it is an error instead of a signal.
private func limitFileSize(_ bytes: Int) throws {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
    #if os(Linux)
        let result = setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    #else
        let result = setrlimit(RLIMIT_FSIZE, &limit)
    #endif
    try #require(result == 0)
}
