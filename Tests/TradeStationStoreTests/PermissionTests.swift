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
        let sample = try await existing()
        let path = name.isEmpty ? sample.directory : sample.directory + "/" + name
        #expect(chmod(path, mode_t(mode)) == 0)
        let error = try await sample.refusal()
        #expect(error.code == .insecurePermissions)
        let isFile = name == "key" || name == "accounts.db"
        #expect(error.suggestion == "chmod \(isFile ? "600" : "700") \(path)")
    }

    @Test(arguments: [0o640, 0o604]) func `a key that other users can read is refused`(mode: Int) async throws {
        let sample = try await existing()
        #expect(chmod(sample.key, mode_t(mode)) == 0)
        let error = try await sample.refusal()
        #expect(error.code == .insecurePermissions)
        #expect(error.suggestion == "chmod 600 \(sample.key)")
    }

    @Test(arguments: ["key", "accounts.db", "", "locks", "pending", "accounts.db-wal"])
    func `symbolic links are refused`(name: String) async throws {
        let sample = try await existing()
        let path = name.isEmpty ? sample.directory : sample.directory + "/" + name
        if name == "accounts.db-wal" {
            _ = FileManager.default.createFile(atPath: sample.root + "/elsewhere", contents: nil)
        } else {
            try FileManager.default.moveItem(atPath: path, toPath: sample.root + "/elsewhere")
        }
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: sample.root + "/elsewhere")
        let error = try await sample.refusal()
        #expect(error.code == .insecurePermissions)
        #expect(error.message == "\(path) is a symbolic link.")
    }

    @Test(arguments: ["key", "accounts.db"]) func `a pipe is refused without blocking`(name: String) async throws {
        let sample = try await existing()
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
        let sample = try await existing()
        let path = name.isEmpty ? sample.directory : sample.directory + "/" + name
        #expect(chown(path, 65_534, 65_534) == 0)
        let error = try await sample.refusal()
        #expect(error.code == .insecurePermissions)
        #expect(error.message == "\(path) belongs to another user.")
        #expect(error.reason == "Its owner has user id 65534; this process runs as 0.")
        #expect(error.suggestion == "run it as that user, or name another store: tsaccounts --store DIR ...")
    }

    @Test(arguments: [mode_t(0o777), 0o775, 0o720, 0o702])
    func `a directory whose parent other users can write is refused, unless the parent is sticky`(mode: mode_t)
        async throws
    {
        let sample = try await existing()
        #expect(chmod(sample.root, mode) == 0)
        let error = try await sample.refusal()
        #expect(error.code == .insecurePermissions)
        #expect(error.suggestion == "chmod go-w \(sample.directory)/..")
        #expect(chmod(sample.root, mode | 0o1000) == 0)
        await (try await sample.open()).close()
    }

    @Test func `a key with a second name is refused, also while a store is created`() async throws {
        let sample = try await existing()
        let other = sample.root + "/other"
        #expect(link(sample.key, other) == 0)
        let error = try await sample.refusal()
        #expect(error.code == .insecurePermissions)
        #expect(error.message == "\(sample.key) has a second name (a hard link).")
        try FileManager.default.removeItem(atPath: sample.database)
        #expect(try await sample.refusal().message == error.message)
        #expect(unlink(other) == 0)
        await (try await sample.open()).close()
    }

    @Test func `a second name of the key from a killed first start is removed`() async throws {
        let sample = try await existing()
        let key = try Data(contentsOf: URL(fileURLWithPath: sample.key))
        try FileManager.default.removeItem(atPath: sample.database)
        let draft = sample.key + ".0123456789abcdef"
        #expect(link(sample.key, draft) == 0)
        try key.write(to: URL(fileURLWithPath: sample.key + ".fedcba9876543210"))
        await (try await sample.open()).close()
        #expect(!FileManager.default.fileExists(atPath: draft))
        #expect(FileManager.default.fileExists(atPath: sample.key + ".fedcba9876543210"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: sample.key)) == key)
    }

    @Test(arguments: [EACCES, EPERM]) func `no suggestion tells the user to change the owner of a file`(number: Int32) {
        let error = AccountsError.fileFailure(number, path: "/home/jane/store", "cannot be opened")
        #expect(error.suggestion?.contains("chown") == false)
        #expect(error.suggestion?.hasSuffix("ls -ld /home/jane /home/jane/store") == true)
    }

    @Test(arguments: ["locks/login-1.lock", "pending/login-1"])
    func `symbolic links in place of lock files and side files are refused`(name: String) async throws {
        let sample = try await existing()
        let store = try await sample.open()
        let path = sample.directory + "/" + name
        try? FileManager.default.removeItem(atPath: path)
        let target = sample.root + "/elsewhere"
        try Data("precious".utf8).write(to: URL(fileURLWithPath: target))
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        let login = Login.ID(rawValue: 1)
        let error = try await #require(throws: AccountsError.self) {
            try await store.lock(login, timeoutMilliseconds: 0).unlock()
            try await store.begin(sample.attempt(1), of: login, audit: [])
        }
        #expect(error.code == .insecurePermissions)
        #expect(try Data(contentsOf: URL(fileURLWithPath: target)) == Data("precious".utf8))
        #expect(try await store.profiles().first?.login.attempt == nil)
        await store.close()
    }

    private func existing() async throws -> Sample {
        let sample = try Sample()
        let store = try await sample.open()
        _ = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: [])
        await store.close()
        return sample
    }
}
