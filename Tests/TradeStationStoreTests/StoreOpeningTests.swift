import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// Opening a store for the first time, again, and after damage.
///
/// The tests are serialized because they share the processor and this process's descriptors: one of them opens twenty
/// stores at once, and another one starts twenty processes.
@Suite(.serialized) struct StoreOpeningTests {
    @Test func `twenty concurrent first starts create one key and one schema`() async throws {
        let sample = try Sample()
        let names = try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...20 {
                group.addTask {
                    let store = try await sample.open()
                    _ = try await store.add(
                        try sample.profile("p\(number)", tokens: nil, client: "client-\(number)"),
                        audit: []
                    )
                    await store.close()
                }
            }
            try await group.waitForAll()
            let store = try await sample.open()
            defer { Task { await store.close() } }
            return try await store.profiles().map(\.name.text)
        }
        #expect(Set(names) == Set((1...20).map { "p\($0)" }))
        #expect(try Data(contentsOf: URL(fileURLWithPath: sample.key)).count == 32)
        #expect(
            try sample.shell("SELECT count(*) FROM store; SELECT count(*) FROM migration").output
                == "1\n\(Migration.all.count)\n"
        )
        let left = try FileManager.default.contentsOfDirectory(atPath: sample.directory).sorted()
        #expect(left.filter { !$0.hasPrefix("accounts.db-") } == ["accounts.db", "key", "locks", "pending"])
    }

    @Test func `twenty processes that start first create one key and one schema`() async throws {
        let sample = try Sample()
        await withTaskGroup(of: Void.self) { group in
            for number in 1...20 {
                group.addTask { [root = sample.root] in
                    await #expect(processExitsWith: .success) { [root = root as String, number = number as Int] in
                        let sample = try Sample(root: root)
                        let store = try await sample.open()
                        _ = try await store.add(
                            try sample.profile("p\(number)", tokens: nil, client: "client-\(number)"),
                            audit: [AuditEntry(.profileAdded)]
                        )
                        await store.close()
                    }
                }
            }
        }
        let store = try await sample.open()
        #expect(Set(try await store.profiles().map(\.name.text)) == Set((1...20).map { "p\($0)" }))
        #expect(try await store.verifyAudit() == AuditVerification(rows: 20, firstBadSequence: nil, problem: nil))
        await store.close()
    }

    @Test func `reading creates no store, and a store that another process creates is found`() async throws {
        let sample = try Sample()
        let reader = try await sample.openExisting()
        let uses: [(any CredentialStore) async throws -> Void] = [
            { _ = try await $0.profiles() }, { _ = try await $0.profile(named: ProfileName("swing")) },
            { _ = try await $0.login(Login.ID(rawValue: 1)) }, { _ = try await $0.auditRecords(AuditQuery()) },
            { _ = try await $0.verifyAudit() }, { try await $0.record([AuditEntry(.fenced)]) },
        ]
        for use in uses {
            let error = try await #require(throws: AccountsError.self) { try await use(reader) }
            #expect(error.code == .storeMissing)
            #expect(error.message == "There is no store at \(sample.directory).")
        }
        await #expect(throws: AccountsError.self) {
            try await reader.begin(sample.attempt(1), of: Login.ID(rawValue: 1), audit: [])
        }
        await #expect(throws: AccountsError.self) {
            _ = try await reader.lock(Login.ID(rawValue: 1), timeoutMilliseconds: 0)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: sample.root).isEmpty)
        let other = try await sample.open()
        #expect(try await reader.profiles() == [])
        try await reader.createIfMissing()
        try await reader.record([AuditEntry(.fenced)])
        #expect(try await other.auditRecords(AuditQuery()).count == 1)
        await reader.close()
        await other.close()
    }

    @Test func `a database without its key is refused, and no key is created`() async throws {
        let sample = try await Sample.existing()
        try FileManager.default.removeItem(atPath: sample.key)
        let error = try await sample.refusal()
        #expect(error.code == .keyMissing)
        #expect(!FileManager.default.fileExists(atPath: sample.key))
    }

    @Test func `another key is refused by its id`() async throws {
        let sample = try await Sample.existing()
        try Data(repeating: 7, count: 32).write(to: URL(fileURLWithPath: sample.key))
        #expect(try await sample.refusal().code == .keyMismatch)
    }

    @Test(arguments: [0, 31, 33]) func `a key file of another length is refused`(length: Int) async throws {
        let sample = try await Sample.existing()
        try Data(repeating: 7, count: length).write(to: URL(fileURLWithPath: sample.key))
        let error = try await sample.refusal()
        #expect(error.code == .keyMismatch)
        #expect(error.reason == "A key file contains exactly 32 bytes, without a line break.")
    }

    @Test func `a key that exists before the database is used`() async throws {
        let sample = try Sample()
        try FileManager.default.createDirectory(
            atPath: sample.directory,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        let key = Data(1...32)
        try key.write(to: URL(fileURLWithPath: sample.key))
        chmod(sample.key, 0o600)
        await (try await sample.open()).close()
        #expect(try Data(contentsOf: URL(fileURLWithPath: sample.key)) == key)
    }

    @Test func `files from a crashed first start do not prevent the next one`() async throws {
        let sample = try Sample()
        try FileManager.default.createDirectory(
            atPath: sample.directory,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        for name in ["accounts.db.new", "accounts.db.new-wal", "accounts.db.new-shm"] {
            try Data("half".utf8).write(to: URL(fileURLWithPath: sample.directory + "/" + name))
        }
        await (try await sample.open()).close()
        #expect(!FileManager.default.fileExists(atPath: sample.database + ".new"))
        #expect(!FileManager.default.fileExists(atPath: sample.database + ".new-wal"))
    }

    @Test(arguments: ["-wal", "-journal"])
    func `the log of a removed database is not applied to a new one`(companion: String) async throws {
        let sample = try Sample()
        let store = try await sample.open()
        _ = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: [])
        let log = sample.database + companion
        if companion == "-wal" {
            // The log as a killed process leaves it: copied before the close that moves it into the database.
            try FileManager.default.copyItem(atPath: log, toPath: log + ".kept")
            await store.close()
            try FileManager.default.moveItem(atPath: log + ".kept", toPath: log)
        } else {
            await store.close()
            try Data("hot".utf8).write(to: URL(fileURLWithPath: log))
            chmod(log, 0o600)
        }
        let left = try Data(contentsOf: URL(fileURLWithPath: log))
        #expect(!left.isEmpty)
        try FileManager.default.removeItem(atPath: sample.database)
        try FileManager.default.removeItem(atPath: sample.key)

        let error = try await sample.refusal()
        #expect(error.code == .storeCorrupt)
        #expect(error.suggestion == "restore the database, or move the log away: mv \(log) \(log).old")
        #expect(try Data(contentsOf: URL(fileURLWithPath: log)) == left)
        #expect(!FileManager.default.fileExists(atPath: sample.database))
        #expect(!FileManager.default.fileExists(atPath: sample.key))

        #expect(rename(log, log + ".old") == 0)
        let next = try await sample.open()
        #expect(try await next.profiles() == [])
        #expect(try sample.shell("PRAGMA integrity_check").output == "ok\n")
        await next.close()
    }

    @Test func `empty files beside a missing database do not prevent a new store`() async throws {
        let sample = try await Sample.existing()
        try FileManager.default.removeItem(atPath: sample.database)
        for (companion, size) in [("-wal", 0), ("-journal", 0), ("-shm", 32_768)] {
            let path = sample.database + companion
            try Data(count: size).write(to: URL(fileURLWithPath: path))
            chmod(path, 0o600)
        }
        let store = try await sample.open()
        #expect(try await store.profiles() == [])
        try await store.record([AuditEntry(.fenced)])
        await store.close()
        let left = try FileManager.default.contentsOfDirectory(atPath: sample.directory).sorted()
        #expect(left == ["accounts.db", "key", "locks", "pending"])
    }

    enum Damage: CaseIterable { case text, truncated, empty, foreign, header }

    @Test(arguments: Damage.allCases) func `a file that is not a complete store is refused and left unchanged`(
        damage: Damage
    )
        async throws
    {
        let sample = try await Sample.existing()
        let url = URL(fileURLWithPath: sample.database)
        var bytes = try Data(contentsOf: url)
        switch damage {
        case .text: bytes = Data("These are not the tables you are looking for.".utf8)
        case .truncated: bytes = bytes.prefix(bytes.count / 2 + 100)
        case .empty: bytes = Data()
        case .header: bytes.replaceSubrange(0..<16, with: [UInt8](repeating: 0xFF, count: 16))
        case .foreign:
            let other = sample.root + "/other.db"
            _ = try sample.run(
                "/usr/bin/sqlite3",
                [other, "CREATE TABLE store (x); CREATE TABLE migration (name, sha256)"]
            )
            bytes = try Data(contentsOf: URL(fileURLWithPath: other))
        }
        try bytes.write(to: url)
        let error = try await sample.refusal()
        #expect(error.code == .storeCorrupt)
        #expect(error.suggestion?.contains("restore a backup: mkdir") == true)
        #expect(try Data(contentsOf: url) == bytes)
    }

    @Test func `an empty file without a key becomes a new store`() async throws {
        let sample = try Sample()
        try FileManager.default.createDirectory(
            atPath: sample.directory,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
        _ = FileManager.default.createFile(
            atPath: sample.database,
            contents: nil,
            attributes: [.posixPermissions: 0o600]
        )
        let store = try await sample.open()
        #expect(try await store.profiles() == [])
        await store.close()
    }
}
