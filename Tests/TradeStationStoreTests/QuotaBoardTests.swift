import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

@Suite struct QuotaBoardTests {
    private static let login = Login.ID(rawValue: 3)
    private static let key = QuotaKey(login: login, resource: "accounts")
    private static let now = Timestamp(milliseconds: 1_791_279_060_000)

    private static func row(_ resource: String = "accounts", login: Login.ID = login) -> QuotaRow {
        QuotaRow(login: login, resource: resource, limit: 250, remaining: 0, answeredAt: now)
    }

    /// Runs `body` with the path of a file that does not exist, in a directory of its own.
    private func withPath<Value>(_ body: (String) throws -> Value) throws -> Value {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("quota-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(at: directory) }
        return try body(directory.appendingPathComponent("quotas").path)
    }

    @Test func `a slot contains every property of a row`() throws {
        let row = QuotaRow(
            login: Login.ID(rawValue: -5),
            resource: "streaming-positions",
            limit: 0,
            remaining: nil,
            answeredAt: Self.now,
            resetsAt: Self.now.advanced(byMilliseconds: 20_000),
            window: 20_000,
            pauseEnd: nil,
            sent: 17,
            newest: 12
        )
        let bytes = QuotaSlot(Self.key, row).encoded
        #expect(bytes.count == QuotaSlot.bytes)
        let slot = try #require(QuotaSlot(bytes[...]))
        #expect(slot.row == row)
        #expect(slot.key == Self.key)
    }

    @Test func `a slot with any changed byte has no row`() {
        let bytes = QuotaSlot(Self.key, Self.row()).encoded
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 0x10
            #expect(QuotaSlot(changed[...]) == nil, "byte \(index)")
        }
    }

    @Test func `a long name is cut between two characters`() throws {
        let name = String(repeating: "é", count: 40)
        let slot = try #require(QuotaSlot(QuotaSlot(Self.key, Self.row(name)).encoded[...]))
        #expect(slot.row.resource == String(repeating: "é", count: 23))
    }

    @Test func `two boards on one file see each other's rows at once`() throws {
        try withPath { path in
            let (one, other) = (
                DiskQuotaBoard(path: path, policy: .strict), DiskQuotaBoard(path: path, policy: .strict)
            )
            #expect(other.rows(of: Self.login).isEmpty)
            #expect(!FileManager.default.fileExists(atPath: path))
            one.update(Self.key) { $0 = Self.row() }
            #expect(other.update(Self.key) { $0 } == Self.row())
            other.update(Self.key) { $0?.remaining = 9 }
            #expect(one.rows(of: Self.login).map(\.remaining) == [9])
            #expect(one.rows(of: Login.ID(rawValue: 4)).isEmpty)
            // A file that was removed is made again.
            #expect(unlink(path) == 0)
            #expect(one.update(Self.key) { $0 } == nil)
            other.update(Self.key) { $0 = Self.row() }
            #expect(one.update(Self.key) { $0 } == Self.row())
        }
    }

    @Test func `no count is lost when many tasks of two boards change a row`() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("quota-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appendingPathComponent("quotas").path
        let board = DiskQuotaBoard(path: path, policy: .strict)
        board.update(Self.key) { $0 = Self.row() }
        await withTaskGroup(of: Void.self) { group in
            for _ in 1...8 {
                group.addTask {
                    for _ in 1...50 { board.update(Self.key) { _ = $0?.countRequest(at: Self.now) } }
                }
            }
        }
        #expect(DiskQuotaBoard(path: path, policy: .strict).update(Self.key) { $0?.sent } == 400)
    }

    @Test func `a board whose file cannot be made or belongs to others works in memory`() throws {
        try withPath { path in
            #expect(mkdir(path, 0o700) == 0)
            let board = DiskQuotaBoard(path: path, policy: .strict)
            board.update(Self.key) { $0 = Self.row() }
            #expect(board.update(Self.key) { $0 } == Self.row())
            #expect(board.rows(of: Self.login) == [Self.row()])
        }
    }

    @Test func `the file does not grow, and many logins displace the oldest rows only`() throws {
        try withPath { path in
            let board = DiskQuotaBoard(path: path, policy: .strict)
            for number in 1...3000 {
                let login = Login.ID(rawValue: Int64(number))
                board.update(QuotaKey(login: login, resource: "accounts")) {
                    $0 = QuotaRow(
                        login: login,
                        resource: "accounts",
                        answeredAt: Self.now.advanced(byMilliseconds: Int64(number))
                    )
                }
            }
            let size = try #require(try FileStatus.of(path)?.size)
            #expect(size <= QuotaProbe.slots * QuotaSlot.bytes)
            #expect(board.rows(of: Login.ID(rawValue: 3000)).count == 1)
        }
    }
}
