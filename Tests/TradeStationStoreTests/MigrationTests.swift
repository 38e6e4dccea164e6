import Foundation
import Testing
import TradeStationModel

@testable import TradeStationStore

/// The tests are serialized because all of them share this process's descriptors, of which each open store needs several.
@Suite(.serialized) struct MigrationTests {
    @Test func `the list names every file, in order, with its text`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Migrations").standardized
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(Migration.all.map { $0.name + ".sql" } == files)
        for migration in Migration.all {
            let text = try Data(contentsOf: folder.appending(path: migration.name + ".sql"))
            #expect(Data(migration.sql) == text)
        }
    }

    @Test func `an older store is migrated and keeps its rows`() async throws {
        let sample = try Sample()
        let old = try await sample.open()
        let record = try await old.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: [])
        await old.close()
        let added = Migration(name: "V9001__next", sql: Array("CREATE TABLE next (x INTEGER) STRICT".utf8))
        let new = try await sample.open(Migration.all + [added])
        #expect(try await new.profiles() == [record])
        await new.close()
        #expect(
            try sample.shell("SELECT name, sha256, version FROM migration WHERE name LIKE 'V9001%'").output
                == "V9001__next|\(added.sha256)|1.0.0\n"
        )
        #expect(try sample.shell("SELECT count(*) FROM next").output == "0\n")
    }

    @Test func `logins without a sign-in time get it from the audit when they are migrated`() async throws {
        let sample = try Sample()
        await (try await sample.open([Migration.all[0]])).close()
        let created = "2026-10-01T08:00:00.000Z"
        let signedIn = "2026-10-06T07:00:00.000Z"
        try sample.shell(
            """
            INSERT INTO api_key (client_id, client_auth, authorize_url, token_url, mac, created_at)
            VALUES ('k', 'post', 'https://a', 'https://t', zeroblob(32), '\(created)');
            INSERT INTO login (api_key_id, created_at, updated_at) VALUES (1, '\(created)', '\(created)'),
                (1, '\(created)', '\(created)');
            INSERT INTO audit (seq, at, event, login_id, host, pid, version, prev_hash, row_hash, row_mac)
            VALUES (1, '\(signedIn)', 'signed_in', 2, 'h', 1, '1', printf('%064d', 0), printf('%064d', 1),
                printf('%064d', 2))
            """
        )
        await (try await sample.open()).close()
        #expect(
            try sample.shell("SELECT id, signed_in_at FROM login").output == "1|\(created)\n2|\(signedIn)\n"
        )
    }

    @Test func `a newer store is refused and left unchanged byte for byte`() async throws {
        let sample = try Sample()
        await (try await sample.open()).close()
        try sample.shell(
            "INSERT INTO migration VALUES ('V9001__later', '\(String(repeating: "a", count: 64))', 'x', '2.0')"
        )
        let before = try Data(contentsOf: URL(fileURLWithPath: sample.database))
        let error = try await sample.refusal()
        #expect(error.code == .schemaTooNew)
        #expect(try Data(contentsOf: URL(fileURLWithPath: sample.database)) == before)
    }

    @Test func `a store that was migrated while it was open is not written to`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        try sample.shell(
            "INSERT INTO migration VALUES ('V9001__later', '\(String(repeating: "a", count: 64))', 'x', '2.0')"
        )
        let error = try await #require(throws: AccountsError.self) { try await store.record([AuditEntry(.fenced)]) }
        #expect(error.code == .schemaTooNew)
        await store.close()
        #expect(try sample.shell("SELECT count(*) FROM audit").output == "0\n")
    }

    @Test func `an edited migration is refused`() async throws {
        let sample = try Sample()
        await (try await sample.open()).close()
        let edited = Migration(name: "V0001__init", sql: Migration.all[0].sql + Array("-- edited".utf8))
        #expect(try await sample.refusal([edited]).code == .storeCorrupt)
    }

    @Test func `migrations out of order are refused`() async throws {
        let sample = try Sample()
        await (try await sample.open()).close()
        let earlier = Migration(name: "V0000__earlier", sql: Array("CREATE TABLE earlier (x)".utf8))
        #expect(try await sample.refusal([earlier] + Migration.all).code == .storeCorrupt)
    }

    @Test func `a migration that fails keeps the old schema`() async throws {
        let sample = try Sample()
        await (try await sample.open()).close()
        let broken = Migration(name: "V9001__broken", sql: Array("CREATE TABLE half (x); CREATE NONSENSE".utf8))
        #expect(try await sample.refusal(Migration.all + [broken]).code == .internal)
        #expect(try sample.shell("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").output == "0\n")
        let store = try await sample.open()
        #expect(try await store.profiles() == [])
        await store.close()
    }

    @Test func `TradeStation's limits are stored as null, so that a later version can correct them`() async throws {
        let sample = try Sample()
        let store = try await sample.open()
        _ = try await store.add(sample.profile("swing", tokens: sample.tokens("a")), audit: [])
        await store.close()
        #expect(
            try sample.shell("SELECT idle_lifetime_s IS NULL, absolute_lifetime_s IS NULL FROM api_key").output
                == "1|1\n"
        )
    }
}
