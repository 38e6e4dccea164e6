import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct AuditCommandTests {
        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `one row per exchange can be read while programs write`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let writers = try (0..<4).map { _ in
                try RunningTool(
                    URL(fileURLWithPath: "/bin/bash"),
                    ["-c", "for i in $(seq 5); do \(Tool.binary.path) refresh p -q || exit 1; done"],
                    input: nil,
                    directory: stage.tool.directory,
                    environment: ["TSACCOUNTS_HOME": stage.tool.store]
                )
            }
            for _ in 0..<20 {
                let read = try await stage.tool.sql("SELECT count(*) FROM refresh_history")
                #expect(read.status == 0, "\(read.errors)")
            }
            for writer in writers { #expect(await writer.result().status == 0) }
            let rows = try await stage.tool.sql(
                "SELECT count(*) FROM refresh_history WHERE result = 'refresh_succeeded'"
            )
            #expect(Int(rows.line) == stage.emulator.counts.refreshes)
            #expect(stage.emulator.counts.refused == 0)
            #expect(try await stage.tool.run("audit", "verify").output.hasPrefix("ok"))
        }

        @Test(
            .stage,
            arguments: [
                "UPDATE audit SET event = 'x' WHERE seq = 1", "DELETE FROM audit WHERE seq = 1",
                "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 1",
                "INSERT INTO audit SELECT * FROM audit WHERE seq = 1 ON CONFLICT DO UPDATE SET event = 'x'",
            ]
        )
        func `an SQL statement cannot change the audit`(_ statement: String) async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await stage.tool.sql(statement, readonly: false)
            #expect(result.status != 0)
            #expect(result.errors.contains("append-only"))
            #expect(try await stage.tool.run("audit", "verify").status == 0)
        }

        @Test(.stage) func `an edited row is found even if the triggers were restored`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            #expect(try await stage.tool.run("refresh", "p").status == 0)
            let trigger = try await stage.tool.sql(
                "SELECT sql || ';' FROM sqlite_master WHERE name = 'audit_no_update'"
            )
            .line
            let edited = try await stage.tool.sql(
                "DROP TRIGGER audit_no_update; UPDATE audit SET profile_name = 'other' WHERE seq = 3; \(trigger)",
                readonly: false
            )
            #expect(edited.status == 0, "\(edited.errors)")
            let verified = try await stage.tool.run("audit", "verify", "--json")
            #expect(verified.status == 65)
            #expect(verified.output.contains("\"ok\":false"))
            #expect(verified.output.contains("\"first_bad_seq\":3"))
            let text = try await stage.tool.run("audit", "verify")
            #expect(text.errors.contains("seq 3"))
            #expect(text.errors.contains("[audit_broken]"))
        }

        @Test(.stage) func `rows are printed oldest first, and can be filtered by login, time and number`() async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.add("q", user: 1)
            for _ in 0..<3 { #expect(try await stage.tool.run("refresh", "p").status == 0) }
            func sequences(_ arguments: String...) async throws -> [Int] {
                let lines = try await stage.tool.run(["audit", "--json"] + arguments).output.split(separator: "\n")
                return try lines.map { line in
                    let row = try #require(
                        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                    )
                    return try #require(row["seq"] as? Int)
                }
            }
            let all = try await sequences()
            #expect(all == Array(1...all.count))
            #expect(try await sequences("--limit", "2") == Array(all.suffix(2)))
            #expect(try await sequences("--since", "1h") == all)
            #expect(try await sequences("--since", "2099-01-01T00:00:00Z").isEmpty)
            #expect(try await sequences("--until", "1h").isEmpty)
            #expect(try await sequences("--since", "today", "--until", "2099-01-01") == all)
            #expect(try await sequences("--until", "now") == all)
            #expect(try await stage.tool.run("audit", "--follow", "--until", "1h").status == 64)
            let ofQ = try await sequences("q")
            #expect(ofQ == [3, 4])
            #expect(try await stage.tool.run("audit", "--since", "lately").status == 64)
            #expect(try await stage.tool.run("audit", "unknown").status == 66)
        }

        @Test(.stage) func `rows show the local time, and UTC with --utc and in JSON`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            var tool = stage.tool
            tool.environment["TZ"] = "<+09>-9"
            let json = try await tool.run("audit", "--json", "--limit", "1").output
            let at = try #require(json.firstMatch(of: #/"at":"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.\d{3}Z"/#))
            #expect(try await tool.run("audit", "--utc", "--limit", "1").output.hasPrefix("\(at.1) \(at.2)Z  "))
            let local = try await tool.run("audit", "--limit", "1").output.prefix(19)
            let ahead = try await tool.shell("TZ='<+09>-9' date -d '\(at.1) \(at.2) UTC' '+%F %T'")
            #expect(local == ahead.line)
            // The printed time selects the row again.
            #expect(try await tool.run("audit", "--since", String(local)).output.contains(local))
        }

        @Test(.stage) func `audit --follow prints the rows of another process`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let follower = try stage.tool.start(["audit", "--follow", "--json"])
            var lines = follower.outputLines.makeAsyncIterator()
            var seen = await lines.next()
            #expect(seen?.contains("profile_added") == true)
            let refreshed = try stage.tool.start(["refresh", "p"])
            repeat { seen = await lines.next() } while seen?.contains("refresh_succeeded") == false
            #expect(seen?.contains("refresh_succeeded") == true)
            #expect(await refreshed.result().status == 0)
            follower.signal(SIGINT)
            #expect(await follower.result().status == 130)
        }
    }
}
