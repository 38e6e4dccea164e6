import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// The board in its file: what may happen to a file, and what happens then.
@Suite(.serialized) struct DiskChangeCountersTests {
    private func board(of sample: Sample) -> String { sample.directory + "/locks/changes" }

    /// A store with one login, closed again.
    private func existing() async throws -> (Sample, Login.ID) {
        let (sample, store, id) = try await StoreKind.all[0].signedIn()
        try await store.record([AuditEntry(.signedIn, loginID: id)])
        await store.close()
        return (sample, id)
    }

    @Test func `a new store has a board, which only its owner can read`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        store.changes.watch()
        #expect(store.changes.head == 0)
        #expect(try sample.mode(board(of: sample)) == 0o600)
        #expect(try FileStatus.of(board(of: sample))?.size == Int64(CounterPage.bytes))
        await store.close()
    }

    @Test func `who does not look knows nothing, and opens no file`() async throws {
        let (sample, id) = try await existing()
        let store = try await sample.open()
        #expect(store.changes.head == nil)
        #expect(store.changes.stamp(of: id) == .unknown)
        let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
        }
        #expect(!files.contains(board(of: sample)))
        #expect(try !String(contentsOfFile: "/proc/self/maps", encoding: .utf8).contains(board(of: sample)))
        await store.close()
    }

    @Test(arguments: ["missing", "short", "of another program", "of a store that is gone"])
    func `a board that cannot be right is written anew, and whoever looks sees every login changed`(
        state: String
    ) async throws {
        let (sample, id) = try await existing()
        let path = board(of: sample)
        let later = Data(repeating: 0x11, count: CounterPage.bytes)
        switch state {
        case "missing": try FileManager.default.removeItem(atPath: path)
        case "short": try Data(later.prefix(1000)).write(to: URL(fileURLWithPath: path))
        case "of another program": try Data("not a board".utf8).write(to: URL(fileURLWithPath: path))
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

    @Test func `what a killed writer could not show, the next one shows for it`() async throws {
        let (sample, id) = try await existing()
        let reader = try await sample.open()
        reader.changes.watch()
        let before = reader.changes.stamp(of: id)
        let behind = try Data(contentsOf: URL(fileURLWithPath: board(of: sample)))
        let writer = try await sample.open()
        try await writer.eraseTokens(of: id, leaving: .new, audit: [AuditEntry(.signedOut, loginID: id)])
        // As if it had been killed before it wrote to the board.
        let file = try PrivateFile(path: board(of: sample), flags: O_RDWR)
        try file.write(Array(behind))
        #expect(reader.changes.stamp(of: id) == before)
        try await writer.record([AuditEntry(.fenced)])
        #expect(reader.changes.stamp(of: id) != before)
        await writer.close()
        await reader.close()
    }

    @Test(arguments: ["a directory", "a link", "open to others"])
    func `what is no private file is left alone, and the store works without`(kind: String) async throws {
        let (sample, id) = try await existing()
        let path = board(of: sample)
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

    @Test func `other processes see it`() async throws {
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

    @Test func `logins beyond its size share its numbers`() {
        let ids = [1, 4095, 4096, 8190, 1 << 40].map { CounterPage.slot(of: Login.ID(rawValue: $0)) }
        #expect(ids.allSatisfy { (1..<CounterPage.count).contains($0) })
        #expect(ids[0] == ids[2])
        #expect(ids[1] == ids[3])
    }
}
