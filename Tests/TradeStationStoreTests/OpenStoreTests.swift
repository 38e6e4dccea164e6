import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// Reading, closing and releasing a store that is open.
///
/// The tests are serialized because they share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct OpenStoreTests {
    @Test func `reading works without a log and does not change the database`() async throws {
        let sample = try await Sample.existing()
        #expect(!FileManager.default.fileExists(atPath: sample.database + "-wal"))
        let before = try Data(contentsOf: URL(fileURLWithPath: sample.database))
        let store = try await sample.open()
        let record = try #require(try await store.profiles().first)
        #expect(try await store.login(record.login.id)?.tokens == sample.tokens("a"))
        await store.close()
        #expect(try Data(contentsOf: URL(fileURLWithPath: sample.database)) == before)
    }

    @Test func `reading needs no store lock, and writing without it fails as busy`() async throws {
        let sample = try await Sample.existing()
        let lock = try #require(try LockFile(path: sample.directory + "/locks/store.lock").attempt())
        let store = try await sample.open(lockMilliseconds: 20)
        #expect(try await store.profiles().count == 1)
        let error = try await #require(throws: AccountsError.self) { try await store.record([AuditEntry(.fenced)]) }
        #expect(error.code == .storeBusy)
        lock.unlock()
        try await store.record([AuditEntry(.fenced)])
        #expect(try await store.auditRecords(AuditQuery()).count == 1)
        await store.close()
    }

    @Test func `one store and the sqlite3 shell can read while another store writes`() async throws {
        let sample = try await Sample.existing()
        let (writer, reader) = (try await sample.open(), try await sample.open())
        let id = try #require(try await reader.profiles().first).login.id
        for generation in 1...10 {
            try await sample.refresh(writer, id, from: generation)
            #expect(try await reader.login(id)?.tokens == sample.tokens("g\(generation + 1)"))
            #expect(
                try sample.shell("SELECT generation FROM login", options: ["-readonly"]).output == "\(generation + 1)\n"
            )
        }
        await writer.close()
        await reader.close()
    }

    @Test func `a store can be closed twice, and using it afterwards throws`() async throws {
        let sample = try await Sample.existing()
        let store = try await sample.open()
        try await store.record([AuditEntry(.fenced)])
        await store.close()
        await store.close()
        #expect(!FileManager.default.fileExists(atPath: sample.database + "-wal"))
        let reading = try await #require(throws: AccountsError.self) { _ = try await store.profiles() }
        #expect(reading.code == .closed)
        let writing = try await #require(throws: AccountsError.self) { try await store.record([AuditEntry(.fenced)]) }
        #expect(writing.code == .closed)
    }

    @Test func `releasing a store without closing it does not wait for the lock`() async throws {
        let sample = try await Sample.existing()
        var store: SQLiteCredentialStore? = try await sample.open(lockMilliseconds: 60_000)
        try await store?.record([AuditEntry(.fenced)])
        let lock = try #require(try LockFile(path: sample.directory + "/locks/store.lock").attempt())
        let taken = ContinuousClock().measure { store = nil }
        #expect(store == nil)
        #expect(taken < .seconds(30))
        lock.unlock()
        let next = try await sample.open()
        #expect(try await next.auditRecords(AuditQuery()).count == 1)
        await next.close()
    }

    @Test func `a database that replaced the open one is opened again`() async throws {
        let sample = try await Sample.existing()
        let store = try await sample.open()
        #expect(try await store.profiles().count == 1)
        let copy = sample.root + "/copy.db"
        try FileManager.default.copyItem(atPath: sample.database, toPath: copy)
        try await store.record([AuditEntry(.fenced)])
        for companion in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: sample.database + companion) }
        #expect(rename(copy, sample.database) == 0)
        #expect(try await store.auditRecords(AuditQuery()) == [])
        #expect(try await store.profiles().count == 1)
        try FileManager.default.removeItem(atPath: sample.database)
        let error = try await #require(throws: AccountsError.self) { _ = try await store.profiles() }
        #expect(error.code == .storeCorrupt)
        await store.close()
    }
}
