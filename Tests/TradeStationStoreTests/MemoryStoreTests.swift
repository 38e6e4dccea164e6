import Foundation
import GRDB
import Synchronization
import Testing
import TradeStationModel

@testable import TradeStationStore

/// The properties of a store in memory that the contract of all stores does not cover.
///
/// The tests are serialized because all of them share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct MemoryStoreTests {
    @Test func `a store in memory works in a process that may open no file`() async throws {
        await #expect(processExitsWith: .success) {
            let sample = try Sample()
            try FileManager.default.removeItem(atPath: sample.root)
            #expect(chdir("/") == 0)
            try openNoMoreFiles()
            #expect(open("/", O_RDONLY) == -1)
            let store = try await sample.openInMemory()
            let id = try await store.add(
                try sample.profile("swing", tokens: sample.tokens("a")),
                audit: [AuditEntry(.profileAdded)]
            ).login.id
            let lock = try await store.lock(id, timeoutMilliseconds: 0)
            for generation in 1...50 { try await sample.refresh(store, id, from: generation) }
            lock.unlock()
            try await store.stage(sample.staged("b", after: 51), for: id)
            try await store.synchronizeStaged(for: id)
            #expect(try await store.login(id)?.staged == sample.staged("b", after: 51))
            try await store.rename(Profile.ID(rawValue: 1), to: ProfileName("swong"), audit: [])
            #expect(try await store.verifyAudit() == AuditVerification(rows: 101, firstBadSequence: nil, problem: nil))
            try await store.eraseTokens(of: id, leaving: .new, audit: [])
            try await store.remove(Profile.ID(rawValue: 1), audit: [])
            await store.close()
        }
    }

    @Test func `two places in memory are two stores`() async throws {
        let (one, other) = (try Sample(), try Sample())
        let (first, second) = (try await one.openInMemory(), try await other.openInMemory())
        let added = try await first.add(try one.profile("swing", tokens: one.tokens("a")), audit: [])
        #expect(try await second.profiles() == [])
        let lock = try await first.lock(added.login.id, timeoutMilliseconds: 0)
        try await second.lock(added.login.id, timeoutMilliseconds: 0).unlock()
        lock.unlock()
        await first.close()
        await second.close()
    }

    @Test func `the rows and side file of a store in memory contain no secret in plain text`() async throws {
        let sample = try Sample()
        let store = try await sample.openInMemory()
        let canary = "canary-7f3a9c"
        let profile = try sample.profile("swing", tokens: sample.tokens(canary), secret: Secret("client-\(canary)"))
        let id = try await store.add(profile, audit: []).login.id
        try await store.begin(sample.attempt(1), of: id, audit: [])
        try await store.stage(sample.staged(canary, after: 1), for: id)
        let contents = try contents(sample)
        let sealed = try await contents.database.read { database in
            try Data.fetchAll(database, sql: "SELECT sealed FROM secret")
        }
        #expect(sealed.count == 4)
        let staged = try #require(try sample.memory.sideFile(of: id).read())
        for envelope in sealed + [staged] { #expect(envelope.range(of: Data(canary.utf8)) == nil) }
        await store.close()
    }

    @Test(arguments: [
        "UPDATE audit SET outcome = 'fine' WHERE seq = 2", "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 2", "UPDATE login SET generation = 0",
    ])
    func `the triggers of the schema protect a store in memory`(statement: String) async throws {
        let sample = try Sample()
        let store = try await sample.openInMemory()
        try await sample.writeChain(into: store)
        let contents = try contents(sample)
        await #expect(throws: DatabaseError.self) {
            try await contents.database.write { try $0.execute(sql: statement) }
        }
        #expect(try await store.verifyAudit() == AuditVerification(rows: 5, firstBadSequence: nil, problem: nil))
        await store.close()
    }

    @Test func `an edited row is reported as tampering`() async throws {
        let sample = try Sample()
        let store = try await sample.openInMemory()
        _ = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: [])
        try await contents(sample).database.write { try $0.execute(sql: "UPDATE profile SET environment = 'sim'") }
        #expect(try await store.listing().damaged.map(\.error.code) == [.recordTampered])
        await store.close()
    }

    @Test func `a listener is called once for each new refresh token that is saved`() async throws {
        let sample = try Sample()
        let told = Mutex<[String]>([])
        let store = try await sample.openInMemory { name, token in
            told.withLock { $0.append("\(name.text) \(token.exposed)") }
        }
        let handedIn = try sample.profile("swing", tokens: nil, refreshToken: Secret("refresh-0"))
        let id = try await store.add(handedIn, audit: []).login.id
        #expect(told.withLock { $0 } == [])
        _ = try await store.commit(sample.commit("a", after: 0), to: id, audit: [])
        // The same refresh token again, as a key without rotation returns it.
        _ = try await store.commit(sample.commit("a", after: 1), to: id, audit: [])
        // For an older generation: kept as a late result.
        _ = try await store.commit(sample.commit("late", after: 1), to: id, audit: [])
        _ = try await store.commit(sample.commit("b", after: 2), to: id, audit: [])
        _ = try await store.add(try sample.profile("two", tokens: sample.tokens("c"), client: "two"), audit: [])
        #expect(told.withLock { $0 } == ["swing refresh-a", "swing refresh-b", "two refresh-c"])
        await store.close()
    }

    private func contents(_ sample: Sample) throws -> MemoryStore.Contents {
        try sample.memory.contents(
            Migrator(migrations: Migration.all, version: "1.0.0"),
            clock: sample.clock,
            random: .system
        )
    }
}

/// Keeps this process from opening another file.
private func openNoMoreFiles() throws {
    var limit = rlimit(rlim_cur: 0, rlim_max: 0)
    #if os(Linux)
        let result = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    #else
        let result = setrlimit(RLIMIT_NOFILE, &limit)
    #endif
    try #require(result == 0)
}
