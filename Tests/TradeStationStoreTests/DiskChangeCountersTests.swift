import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// The change counters on disk, when their file is damaged, replaced or missing.
///
/// The tests are serialized because all of them share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct DiskChangeCountersTests {
    private func counters(of sample: Sample) -> String { sample.directory + "/locks/changes" }

    /// A closed store with one login.
    private func existing() async throws -> (Sample, Login.ID) {
        let (sample, store, id) = try await StoreKind.all[0].signedIn()
        try await store.record([AuditEntry(.signedIn, loginID: id)])
        await store.close()
        return (sample, id)
    }

    @Test func `a new store has counters that only its owner can read`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        store.changes.watch()
        #expect(store.changes.head == 0)
        #expect(try sample.mode(counters(of: sample)) == 0o600)
        #expect(try FileStatus.of(counters(of: sample))?.size == Int64(CounterPage.bytes))
        await store.close()
    }

    @Test func `without watching, every stamp is unknown and no file is opened`() async throws {
        let (sample, id) = try await existing()
        let store = try await sample.open()
        #expect(store.changes.head == nil)
        #expect(store.changes.stamp(of: id) == .unknown)
        let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        #expect(!files.contains(counters(of: sample)))
        #expect(try !String(contentsOfFile: "/proc/self/maps", encoding: .utf8).contains(counters(of: sample)))
        await store.close()
    }

    @Test(arguments: ["missing", "short", "of another program", "of a store that is gone"])
    func `counters that cannot be right are rewritten, and every login shows a change`(
        state: String
    ) async throws {
        let (sample, id) = try await existing()
        let path = counters(of: sample)
        let later = Data(repeating: 0x11, count: CounterPage.bytes)
        switch state {
        case "missing": try FileManager.default.removeItem(atPath: path)
        case "short": try Data(later.prefix(1000)).write(to: URL(fileURLWithPath: path))
        case "of another program": try Data("not counters".utf8).write(to: URL(fileURLWithPath: path))
        default: try later.write(to: URL(fileURLWithPath: path))
        }
        let store = try await sample.open()
        store.changes.watch()
        let before = store.changes.stamp(of: id)
        try await store.record([AuditEntry(.fenced)])
        store.changes.watch()
        #expect(store.changes.head == 2)
        #expect(store.changes.stamp(of: id) == ChangeStamp(rawValue: 2))
        #expect(before != ChangeStamp(rawValue: 2))
        await store.close()
    }

    @Test func `the next writer publishes the changes of a killed one`() async throws {
        let (sample, id) = try await existing()
        let reader = try await sample.open()
        reader.changes.watch()
        let before = reader.changes.stamp(of: id)
        let behind = try Data(contentsOf: URL(fileURLWithPath: counters(of: sample)))
        let writer = try await sample.open()
        try await writer.eraseTokens(of: id, leaving: .new, audit: [AuditEntry(.signedOut, loginID: id)])
        // As if the writer had been killed before it published its commit.
        let file = try PrivateFile(path: counters(of: sample), flags: O_RDWR)
        try file.write(Array(behind))
        #expect(reader.changes.stamp(of: id) == before)
        try await writer.record([AuditEntry(.fenced)])
        #expect(reader.changes.stamp(of: id) != before)
        await writer.close()
        await reader.close()
    }

    @Test(arguments: ["a directory", "a link", "open to others"])
    func `a file that is not private is left unchanged, and the store works without counters`(kind: String) async throws
    {
        let (sample, id) = try await existing()
        let path = counters(of: sample)
        try FileManager.default.removeItem(atPath: path)
        let elsewhere = sample.root + "/elsewhere"
        let content = Data(repeating: 7, count: CounterPage.bytes)
        switch kind {
        case "a directory": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        case "a link":
            try content.write(to: URL(fileURLWithPath: elsewhere))
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: elsewhere)
        default:
            try content.write(to: URL(fileURLWithPath: path))
            #expect(chmod(path, 0o666) == 0)
            for directory in [sample.root, sample.directory, sample.directory + "/locks"] {
                #expect(chmod(directory, 0o755) == 0)
            }
        }
        let store = try await sample.open()
        store.changes.watch()
        let entry = AuditEntry(.refreshSucceeded, loginID: id)
        let outcome = try await store.commit(sample.commit("b", after: 1), to: id, audit: [entry])
        #expect(outcome == .saved(generation: 2, stamp: .unknown))
        store.changes.watch()
        #expect(store.changes.head == nil)
        #expect(store.changes.stamp(of: id) == .unknown)
        let stored = try #require(try await store.login(id))
        #expect(stored.login.generation == 2)
        #expect(stored.stamp == .unknown)
        if kind != "a directory" { #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == content) }
        await store.close()
    }

    @Test(arguments: ["emptied", "shortened", "removed", "replaced"])
    func `counters that another program damages while they are read are unknown until the next write`(damage: String)
        async throws
    {
        let (sample, id) = try await existing()
        let path = counters(of: sample)
        let (store, writer) = (try await sample.open(), try await sample.open())
        store.changes.watch()
        let before = store.changes.stamp(of: id)
        #expect(before != .unknown)
        switch damage {
        case "emptied": #expect(truncate(path, 0) == 0)
        case "shortened": #expect(truncate(path, 4096) == 0)
        case "removed": #expect(unlink(path) == 0)
        default:
            #expect(unlink(path) == 0)
            #expect(FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]))
        }
        // A read does not end the process. Within one tick of the clock it may still be the last good one.
        #expect([before, .unknown].contains(store.changes.stamp(of: id)))
        try await writer.eraseTokens(of: id, leaving: .new, audit: [AuditEntry(.signedOut, loginID: id)])
        #expect(store.changes.stamp(of: id) == ChangeStamp(rawValue: 2))
        #expect(store.changes.head == 2)
        await store.close()
        await writer.close()
    }

    @Test func `another process changes the stamp`() async throws {
        let (sample, id) = try await existing()
        let reader = try await sample.open()
        reader.changes.watch()
        let before = reader.changes.stamp(of: id)
        await #expect(processExitsWith: .success) { [root = sample.root as String] in
            let sample = try Sample(root: root)
            let store = try await sample.open()
            let id = Login.ID(rawValue: 1)
            try await store.eraseTokens(of: id, leaving: .new, audit: [AuditEntry(.signedOut, loginID: id)])
            await store.close()
        }
        #expect(reader.changes.stamp(of: id) != before)
        await reader.close()
    }

    @Test func `logins whose ids are far apart share a slot`() {
        let ids = [1, 4095, 4096, 8190, 1 << 40].map { CounterPage.slot(of: Login.ID(rawValue: $0)) }
        #expect(ids.allSatisfy { (1..<CounterPage.count).contains($0) })
        #expect(ids[0] == ids[2])
        #expect(ids[1] == ids[3])
    }
}
