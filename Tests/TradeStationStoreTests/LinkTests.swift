import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// Symbolic links and hard links in a store, and above it.
///
/// The tests are serialized because they share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct LinkTests {
    @Test func `a link to the directory of a store is followed, if only this user or root could have made it`()
        async throws
    {
        let sample = try await Sample.existing()
        let elsewhere = sample.root + "/elsewhere"
        try FileManager.default.moveItem(atPath: sample.directory, toPath: elsewhere)
        try FileManager.default.createSymbolicLink(atPath: sample.directory, withDestinationPath: "elsewhere")
        let store = try await sample.open()
        try await store.lock(Login.ID(rawValue: 1), timeoutMilliseconds: 0).unlock()
        try await sample.refresh(store, Login.ID(rawValue: 1), from: 1)
        await store.close()
        #expect(FileManager.default.fileExists(atPath: elsewhere + "/locks/login-1.lock"))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: sample.directory) == "elsewhere")
        if geteuid() == 0 {
            #expect(lchown(sample.directory, 65_534, 65_534) == 0)
            #expect(try await sample.refusal().message == "\(sample.directory) is a symbolic link.")
        }
    }

    @Test func `a link to a directory that is not there is named, and no store is made`() async throws {
        let sample = try Sample()
        try FileManager.default.createSymbolicLink(atPath: sample.directory, withDestinationPath: "/nowhere/store")
        let error = try await sample.refusal()
        #expect(error.message == "\(sample.directory) is a symbolic link to /nowhere/store, which does not exist.")
        #expect(error.suggestion?.contains("rm ") == false)
    }

    @Test(arguments: ["key", "accounts.db", "locks", "pending"])
    func `the repair of a symbolic link keeps the store`(name: String) async throws {
        let sample = try await Sample.existing()
        let path = sample.directory + "/" + name
        try FileManager.default.moveItem(atPath: path, toPath: sample.root + "/else where")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: sample.root + "/else where")
        let advice = try #require(try await sample.refusal().suggestion)
        let command = try #require(advice.split(separator: ": ", maxSplits: 1).last)
        #expect(try sample.run("/bin/sh", ["-c", String(command)]).errors == "")
        let store = try await sample.open()
        #expect(try await store.login(Login.ID(rawValue: 1))?.tokens == sample.tokens("a"))
        await store.close()
    }

    @Test(arguments: ["key", "accounts.db", "locks", "pending", "accounts.db-wal"])
    func `symbolic links to files of a store are refused`(name: String) async throws {
        let sample = try await Sample.existing()
        let path = sample.directory + "/" + name
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

    @Test func `a key with a second name is refused, also while a store is created`() async throws {
        let sample = try await Sample.existing()
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
        let sample = try await Sample.existing()
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

    @Test(arguments: ["locks/login-1.lock", "pending/login-1"])
    func `symbolic links in place of lock files and side files are refused`(name: String) async throws {
        let sample = try await Sample.existing()
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
}
