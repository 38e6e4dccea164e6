import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct TokenCommandTests {
        @Test(.stage) func `a token and a newline are printed, and the second run sends nothing`() async throws {
            let stage = try Stage.current
            try await stage.add("swing", environment: "--live")
            let first = try await stage.tool.run("token", "swing")
            #expect(first.status == 0)
            #expect(first.output.hasSuffix("\n"))
            #expect(first.line.split(separator: ".").count == 3)
            #expect(!first.line.contains("\n"))
            #expect(first.errors.isEmpty)
            let second = try await stage.tool.run("token", "swing")
            #expect(second.output == first.output)
            #expect(stage.emulator.counts.exchanges == 1)
        }

        @Test(.stage) func `reading a fresh token writes nothing`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let before = try Data(contentsOf: URL(fileURLWithPath: stage.tool.database))
            let rows = try await stage.tool.sql("SELECT count(*) FROM audit").line
            for _ in 0..<3 { #expect(try await stage.tool.run("token", "p").status == 0) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: stage.tool.database)) == before)
            #expect(try await stage.tool.sql("SELECT count(*) FROM audit").line == rows)
        }

        @Test(.stage) func `the JSON output contains the token and everything that a program needs`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await stage.tool.run("--json", "token", "p")
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
            )
            #expect(
                Set(json.keys) == [
                    "profile", "environment", "api_url", "access_token", "token_type", "expires_at",
                    "expires_in_seconds",
                ]
            )
            #expect(json["profile"] as? String == "p")
            #expect(json["environment"] as? String == "sim")
            #expect(json["api_url"] as? String == stage.emulator.addresses.simURL)
            #expect(json["token_type"] as? String == "Bearer")
            #expect(json["expires_at"] as? String != nil)
            let left = try #require(json["expires_in_seconds"] as? Int)
            #expect((1190...1200).contains(left))
            #expect(try await stage.tool.run("token", "p").line == json["access_token"] as? String)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `twenty refreshes, each in a new process, always send the newest refresh token`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            var tokens = Set<String>()
            for _ in 0..<20 {
                try await stage.age()
                let result = try await stage.tool.run("token", "p")
                #expect(result.status == 0, "\(result.errors)")
                tokens.insert(result.line)
            }
            #expect(tokens.count == 20)
            #expect(stage.emulator.counts.refreshes == 20)
            #expect(stage.emulator.counts.refused == 0)
            #expect(stage.emulator.counts.loginsLost == 0)
            #expect(
                try await stage.tool.sql("SELECT count(*) FROM refresh_history WHERE result = 'refresh_succeeded'")
                    .line
                    == "20"
            )
        }

        @Test(.stage(EmulatorConfiguration(rotate: true, overlapSeconds: 0)))
        func `fifty processes at expiry make one exchange and print the same token`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            let running = try (0..<50).map { _ in try stage.tool.start(["token", "p", "--timeout", "120"]) }
            var outputs = Set<String>()
            for process in running {
                let result = await process.result()
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.errors.isEmpty)
                outputs.insert(result.output)
            }
            #expect(outputs.count == 1)
            #expect(stage.emulator.counts.refreshes == 1)
            #expect(stage.emulator.counts.refused == 0)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `two profiles on one login share a refresh across processes`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.add("q", sharing: "p")
            try await stage.age()
            let running = try ["p", "q"].map { try stage.tool.start(["token", $0]) }
            let results = await [running[0].result(), running[1].result()]
            #expect(results.map(\.status) == [0, 0])
            #expect(results[0].output == results[1].output)
            #expect(stage.emulator.counts.refreshes == 1)
        }

        @Test(.stage) func `the profile comes from the argument or the environment, or is the only one`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            #expect(try await stage.tool.run("token").status == 0)
            try await stage.add("q", user: 1)
            let ambiguous = try await stage.tool.run("token", "--json")
            #expect(ambiguous.status == 64)
            #expect(ambiguous.output.isEmpty)
            #expect(ambiguous.errors.contains("\"code\":\"input_required\""))
            var tool = stage.tool
            tool.environment["TSACCOUNTS_PROFILE"] = "q"
            let chosen = try await tool.run("token", "--json")
            #expect(chosen.output.contains("\"profile\":\"q\""))
            let unknown = try await stage.tool.run("token", "pp")
            #expect(unknown.status == 66)
            #expect(unknown.errors.contains("\"p\""))
        }

        @Test(.stage) func `a minimum validity longer than the lifetime of a token is refused`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await stage.tool.run("token", "p", "--min-validity", "1200")
            #expect(result.status == 64)
            #expect(result.errors.contains("[min_validity_too_long]"))
            #expect(result.output.isEmpty)
            #expect(try await stage.tool.run("token", "p", "--min-validity", "1100").status == 0)
            #expect(stage.emulator.counts.exchanges == 1)
        }
    }
}
