import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    /// What users read who mistype a command, an option or a name.
    @Suite struct UsageTests {
        private func failure(_ result: Tool.Result) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(result.errors.utf8)) as? [String: Any])
        }

        @Test(
            .tool,
            arguments: [
                ("tokn swing", "tsaccounts token swing"), ("--store x -q statu", "tsaccounts --store x -q status"),
                ("add profle x", "tsaccounts add profile x"), ("help tokn", "tsaccounts help token"),
                ("help audit verfy", "tsaccounts help audit verify"), ("nonsense", "tsaccounts --help"),
                ("help nope", "tsaccounts --help"), ("nope --help", "tsaccounts --help"),
                ("add profile x --clent-id Y", "tsaccounts add profile x --client-id Y"),
                ("token --min-validty=5", "tsaccounts token --min-validity=5"),
                ("remove --nonsense", "tsaccounts remove --help"), ("refresh -x", "tsaccounts refresh --help"),
                ("audit --since lately", "tsaccounts audit --help"),
                ("audit verify --sinc 1h", "tsaccounts audit verify --help"),
                ("token a b", "tsaccounts token --help"), ("add profile", "tsaccounts add profile --help"),
                ("refresh --all p", "tsaccounts refresh --help"), ("--timeout 0 list", "tsaccounts list --help"),
                ("list --exchange-timeout 0", "tsaccounts list --help"),
            ]
        )
        func `a usage error names the nearest command or option, also as JSON`(_ line: String, _ advice: String)
            async throws
        {
            let tool = try Tool.current
            let words = line.split(separator: " ").map(String.init)
            let plain = try await tool.run(words)
            #expect(plain.status == 64)
            #expect(plain.output.isEmpty)
            #expect(plain.errors.hasSuffix("[usage]\n  Try: \(advice)\n"), "\(plain.errors)")
            #expect(!plain.errors.contains("@rows"))
            let json = try await tool.run(words + ["--json"])
            #expect(json.status == 64)
            #expect(json.output.isEmpty)
            #expect(try failure(json)["code"] as? String == "usage")
        }

        @Test(.tool, arguments: ["help", "help token", "help audit verify", "token --help", "--version"])
        func `help that is asked for goes to standard output`(line: String) async throws {
            let result = try await Tool.current.run(line.split(separator: " ").map(String.init))
            #expect(result.status == 0)
            #expect(!result.output.isEmpty && result.errors.isEmpty)
        }

        @Test(.stage) func `a wrong name in TSACCOUNTS_PROFILE is blamed on the variable`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            var tool = stage.tool
            for name in ["typo", "not a name"] {
                tool.environment["TSACCOUNTS_PROFILE"] = name
                for command in ["token", "show", "status", "login", "logout", "refresh"] {
                    let result = try await tool.run(command)
                    #expect(result.status == (name == "typo" ? 66 : 64), "\(command)")
                    #expect(
                        result.errors.contains("The name comes from the variable TSACCOUNTS_PROFILE."),
                        "\(command)"
                    )
                }
                #expect(!(try await tool.run("token", "other").errors.contains("TSACCOUNTS_PROFILE")))
            }
        }

        @Test(.stage) func `a profile that looks like a mistyped subcommand leads to it`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await stage.tool.run("audit", "verfy")
            #expect(result.status == 66)
            #expect(result.errors.contains("Try: tsaccounts audit verify"))
        }
    }
}
