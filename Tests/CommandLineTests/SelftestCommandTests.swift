import Foundation
import Testing
import TradeStationEmulator
import TradeStationSessions

@testable import tsaccounts

extension CommandLineSuite {
    @Suite struct SelftestCommandTests {
        private static let short = ["selftest", "--processes", "10", "--logins", "3", "--rounds", "2"]

        /// A pattern for grep that matches access tokens, refresh tokens and passwords of the emulator.
        private static let secrets = "eyJ[A-Za-z0-9_-]{10}|v1\\.[A-Za-z0-9_-]{20}|password-of"

        private func json(_ result: Tool.Result) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        }

        /// The files in the home directory of a tool.
        private func files(_ tool: Tool) throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: tool.directory.path)
        }

        @Test(.tool) func `ten processes on three logins make one exchange per login and round, and no files remain`()
            async throws
        {
            let tool = try Tool.current
            let result = try await tool.run(Self.short + ["--json"])
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            let json = try json(result)
            #expect(
                Set(json.keys) == [
                    "ok", "verdict", "processes", "logins", "rounds", "kill", "overlap_seconds", "exchanges",
                    "expected_exchanges", "refused", "logins_lost", "served", "failed", "killed",
                    "killed_in_exchange", "elapsed_seconds", "file_system", "directory", "directory_kept",
                ]
            )
            #expect(json["ok"] as? Bool == true)
            let numbers = [
                "processes": 10, "logins": 3, "rounds": 2, "overlap_seconds": 0, "exchanges": 6,
                "expected_exchanges": 6, "refused": 0, "logins_lost": 0, "served": 20, "failed": 0, "killed": 0,
                "killed_in_exchange": 0,
            ]
            for (key, number) in numbers { #expect(json[key] as? Int == number, "\(key)") }
            #expect(json["kill"] as? Bool == false)
            #expect(json["directory_kept"] as? Bool == false)
            let directory = try #require(json["directory"] as? String)
            #expect(directory.hasPrefix(tool.store + "-selftest-"))
            #expect(result.errors.hasPrefix("Testing in \(directory) ("))
            #expect(result.errors.contains("Round 2 of 2: 10 processes, 3 exchanges, "))
            #expect(try files(tool) == [])
        }

        @Test(.tool) func `with kills nothing is lost, and every process that is not killed gets a token`() async throws
        {
            let tool = try Tool.current
            let result = try await tool.run(Self.short + ["--kill", "--json", "-q"])
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            #expect(result.errors.isEmpty)
            let json = try json(result)
            #expect(json["ok"] as? Bool == true)
            #expect(json["overlap_seconds"] as? Int == 60)
            #expect(json["refused"] as? Int == 0)
            #expect(json["logins_lost"] as? Int == 0)
            #expect(json["served"] as? Int == 20)
            #expect(json["failed"] as? Int == 0)
            let killed = try #require(json["killed"] as? Int)
            #expect(killed > 0)
            #expect(try #require(json["exchanges"] as? Int) >= 6)
            #expect(try files(tool) == [])
        }

        @Test(.stage) func `a self-test in the directory of a store does not change the store`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let before = try files(stage.tool)
            let database = try Data(contentsOf: URL(fileURLWithPath: stage.tool.database))
            let result = try await stage.tool.run(
                ["selftest", "--processes", "2", "--logins", "1", "--rounds", "1", "--store", stage.tool.store]
            )
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            let lines = result.output.split(separator: "\n")
            #expect(
                lines.prefix(8) == [
                    "processes    2", "logins       1", "rounds       1", "exchanges    1, expected 1",
                    "refused      0", "logins lost  0", "served       2", "failed       0",
                ]
            )
            #expect(lines.last?.hasPrefix("The promise holds: 1 tokens expired, and 2 processes asked ") == true)
            #expect(result.errors.hasPrefix("Testing in \(stage.tool.store)/selftest-"))
            #expect(try files(stage.tool) == before)
            #expect(try Data(contentsOf: URL(fileURLWithPath: stage.tool.database)) == database)
            #expect(stage.emulator.counts.exchanges == 1)
        }

        @Test(.tool)
        func `if the server ends the sign-ins during the test, the verdict is negative and the files are kept`()
            async throws
        {
            let tool = try Tool.current
            let running = try tool.start(Self.short + ["--json", "-v"])
            for await line in running.errorLines {
                if let control = line.firstMatch(of: #/Emulator: (\S+)/#) {
                    let revoked = try await tool.shell(
                        "until curl -sS \(control.1)/counts | grep -q '\"refreshes\":3'; do :; done; "
                            + "curl -sS -X POST \(control.1)/revoke_all"
                    )
                    #expect(revoked.output.contains("revoked"), "\(revoked.errors)")
                }
            }
            let result = await running.result()
            #expect(result.status == 70, "\(result.errors)")
            let json = try json(result)
            #expect(json["ok"] as? Bool == false)
            #expect(json["directory_kept"] as? Bool == true)
            #expect(try #require(json["refused"] as? Int) > 0)
            #expect(try #require(json["verdict"] as? String).hasPrefix("The promise does not hold: "))
            let directory = try #require(json["directory"] as? String)
            #expect(result.errors.contains(#""code":"internal""#))
            #expect(result.errors.contains("tsaccounts audit --store \(directory)"))
            #expect(try await tool.run("audit", "verify", "--store", directory).status == 0)
            #expect(try await tool.run("audit", "--store", directory).output.contains("needs_login"))
            let requests = try String(contentsOfFile: directory + "/emulator.jsonl", encoding: .utf8)
            #expect(requests.contains(#""error":"invalid_grant""#))
            let processes = try String(contentsOfFile: directory + "/processes.jsonl", encoding: .utf8)
            #expect(processes.contains(#""round":1,"profile":"login-3","pid":"#))
            // The pattern matches a token, but matches nothing in the kept files and in the output.
            let found = try await tool.shell("echo 'eyJhbGciOiJSUzI1NiIs' | grep -cE '\(Self.secrets)'")
            #expect(found.line == "1")
            let kept = try await tool.shell("grep -raEl '\(Self.secrets)' '\(directory)' || true")
            #expect(kept.output.isEmpty, "\(kept.output)")
            #expect((result.output + result.errors).firstMatch(of: try Regex(Self.secrets)) == nil)
        }

        /// The emulator accepts each refresh token only once. An answer that only a killed process knew is lost, and the
        /// verdict must report this.
        @Test(.tool) func `kills without an overlap lose a login, and the verdict reports it`() async throws {
            let tool = try Tool.current
            var plan = SelftestPlan(processes: 12, logins: 12, rounds: 40, kills: true)
            plan.overlapSeconds = 0
            let findings = try await Selftest(
                plan: plan,
                executable: Tool.binary.path,
                directory: tool.store,
                random: .system,
                note: { _ in },
                detail: { _ in }
            ).run()
            let verdict = SelftestVerdict(plan, findings.tally)
            #expect(!verdict.holds)
            #expect(!verdict.isOverload)
            #expect(findings.tally.loginsLost > 0)
            #expect(verdict.problems.first?.contains("lost.") == true, "\(verdict.problems)")
            #expect(findings.tally.unexplained == 0)
            #expect(findings.tally.auditProblem == nil)
        }

        @Test(.tool, arguments: [SIGINT: 130, SIGTERM: 143] as [Int32: Int32])
        func `an interrupted self-test ends its processes and removes its directory`(_ signal: Int32, _ status: Int32)
            async throws
        {
            let tool = try Tool.current
            let running = try tool.start(Self.short + ["--kill", "-v"])
            for await line in running.errorLines {
                if let control = line.firstMatch(of: #/Emulator: (\S+)/#) {
                    // Three refreshes issue the short-lived tokens. The fourth is the first of a process.
                    _ = try await tool.shell(
                        "until curl -sS \(control.1)/counts | grep -qE '\"refreshes\":[4-9]'; do :; done"
                    )
                    running.signal(signal)
                }
            }
            let result = await running.result()
            #expect(result.status == status, "\(result.errors)")
            #expect(result.output.isEmpty)
            #expect(try files(tool) == [])
            let left = try await tool.shell("grep -la '\(tool.store)-selftes[t]' /proc/[0-9]*/cmdline")
            #expect(left.output.isEmpty, "\(left.output)")
        }

        @Test(.tool) func `invalid values are refused with a clear message`() async throws {
            let tool = try Tool.current
            for (arguments, sentence) in [
                (["--processes", "0"], "--processes takes a number from 1 to 1000."),
                (["--processes", "1001"], "--processes takes a number from 1 to 1000."),
                (["--logins", "51"], "--logins takes a number from 1 to 50: at most one login for each process."),
                (["--logins", "0"], "--logins takes a number from 1 to 50: at most one login for each process."),
                (["--rounds", "0"], "--rounds takes a number from 1 to 100."),
            ] {
                let result = try await tool.run(["selftest"] + arguments)
                #expect(result.status == 64)
                #expect(result.errors.contains(sentence), "\(result.errors)")
                #expect(try files(tool) == [])
            }
        }

        @Test(.tool) func `a limit of open files that is too low is an error with the required number`() async throws {
            let tool = try Tool.current
            let result = try await tool.shell("ulimit -n 100; tsaccounts selftest -q")
            #expect(result.status == 73)
            #expect(result.errors.contains("130 open files, but the limit is 100. [cannot_create]"))
            #expect(result.errors.contains("Try: ulimit -n 130"))
            #expect(try files(tool) == [])
        }

        @Test(.tool) func `a directory that cannot be created is an error`() async throws {
            let tool = try Tool.current
            try Data().write(to: tool.directory.appendingPathComponent("file"))
            let result = try await tool.run(["selftest", "--store", tool.directory.path + "/file", "--json"])
            #expect(result.status == 73)
            #expect(result.output.isEmpty)
            #expect(result.errors.contains(#""code":"cannot_create""#))
        }
    }
}
