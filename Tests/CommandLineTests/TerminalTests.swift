import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct TerminalTests {
        /// Runs the tool on a pseudo-terminal, answers `question` with `answer`, and returns what the terminal showed.
        private func onTerminal(
            _ stage: Stage,
            _ arguments: [String],
            question: String? = nil,
            answer: String = "",
            columns: Int = 80,
            variables: [String: String] = [:]
        ) async throws -> Tool.Result {
            let steps = question.map { [(wait: $0, answer: Optional(answer))] } ?? []
            return try await PseudoTerminal(tool: stage.tool, columns: columns, variables: variables)
                .run(arguments, steps)
        }

        @Test(.stage) func `a prompt for a secret has no echo after Ctrl-Z and fg, and the terminal has it meanwhile`()
            async throws
        {
            let stage = try Stage.current
            let result = try await PseudoTerminal(tool: stage.tool).run(
                ["add", "profile", "p", "--client-id", "x", "--no-login"] + stage.endpoints,
                ("Client secret", "\u{1A}"),
                ("stopped", nil),
                ("Client secret", "\u{1A}"),
                ("stopped", nil),
                ("Client secret", "typed-canary-secret")
            )
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.components(separatedBy: "stopped, echo on").count == 3)
            #expect(!result.output.contains("typed-canary-secret"))
            #expect(try await stage.tool.sql("SELECT client_auth FROM api_key").line == "post")
        }

        @Test(.stage) func `blanks and quotes around a typed secret are removed, with a note`() async throws {
            let stage = try Stage.current
            let addresses = stage.emulator.addresses
            let result = try await PseudoTerminal(tool: stage.tool).run(
                ["add", "profile", "p", "--client-id", addresses.clientID, "--no-login"] + stage.endpoints,
                ("Client secret", " \"\(addresses.clientSecret)\" ")
            )
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains("Removed blanks and quotes around the client secret."))
            #expect(!result.output.contains(addresses.clientSecret))
        }

        @Test(.stage) func `add without a client ID leads through key, callback and environment`() async throws {
            let stage = try Stage.current
            let result = try await PseudoTerminal(tool: stage.tool).run(
                ["add", "profile", "p", "--no-login"] + stage.endpoints,
                ("Client ID:", "my-key"),
                ("[sim/live]", "perhaps"),
                ("[sim/live]", "S"),
                ("Client secret", "s")
            )
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains("An API key comes from TradeStation"))
            #expect(result.output.contains("the callback http://localhost:31022"))
            #expect(try await stage.tool.sql("SELECT client_id FROM api_key").line == "my-key")
            #expect(try await stage.tool.sql("SELECT environment FROM profile").line == "sim")
        }

        @Test(.stage) func `the prompt for a secret has no echo`() async throws {
            let stage = try Stage.current
            let result = try await onTerminal(
                stage,
                ["add", "profile", "p", "--client-id", "x", "--no-login"] + stage.endpoints,
                question: "Client secret",
                answer: "typed-canary-secret"
            )
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains("Client secret (empty for a public client):"))
            #expect(!result.output.contains("typed-canary-secret"))
            #expect(try await stage.tool.sql("SELECT client_auth FROM api_key").line == "post")
        }

        @Test(.stage) func `an empty answer creates a public client`() async throws {
            let stage = try Stage.current
            let result = try await onTerminal(
                stage,
                ["add", "profile", "p", "--client-id", "x", "--no-login"] + stage.endpoints,
                question: "Client secret",
                answer: ""
            )
            #expect(result.status == 0, "\(result.output)")
            #expect(try await stage.tool.sql("SELECT client_auth FROM api_key").line == "none")
        }

        @Test(.stage) func `Ctrl-C at the prompt ends the command, and nothing is stored`() async throws {
            let stage = try Stage.current
            let result = try await onTerminal(
                stage,
                ["add", "profile", "p", "--client-id", "x", "--no-login"] + stage.endpoints,
                question: "Client secret",
                answer: "half\u{3}"
            )
            #expect(result.status == 130, "\(result.output)")
            #expect(try await stage.tool.run("list").errors.contains("store_missing"))
        }

        @Test(.stage, arguments: [("y", "0"), ("n", "1"), ("", "1")])
        func `remove asks for confirmation, and only a yes removes the profile`(_ answer: String, _ left: String)
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await onTerminal(stage, ["remove", "p"], question: "[y/N]", answer: answer)
            #expect(result.status == (answer == "y" ? 0 : 130), "\(result.output)")
            #expect(try await stage.tool.sql("SELECT count(*) FROM profile").line == left)
        }

        @Test(.stage, arguments: ["n", "y"])
        func `a change that deletes the client secret asks on a terminal, and says so`(answer: String) async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let secrets = "SELECT count(*) FROM secret WHERE kind = 'client_secret'"
            let result = try await onTerminal(
                stage,
                ["set", "p", "--client-auth", "none"],
                question: "Delete the client secret",
                answer: answer
            )
            #expect(result.status == (answer == "y" ? 0 : 130), "\(result.output)")
            #expect(result.output.contains("Its client secret was deleted.") == (answer == "y"))
            #expect(try await stage.tool.sql(secrets).line == (answer == "y" ? "0" : "1"))
            // There is no secret to delete now, and without a terminal there is nobody to ask.
            let again = try await stage.tool.run("set", "p", "--client-auth", "none")
            #expect(again.status == 0)
            #expect(again.errors.contains("Its client secret was deleted.") == (answer == "n"))
            #expect(try await stage.tool.sql(secrets).line == "0")
        }

        @Test(.stage) func `a no to revoke ends with 130, and nothing is sent`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await onTerminal(stage, ["revoke", "p"], question: "[y/N]", answer: "n")
            #expect(result.status == 130, "\(result.output)")
            #expect(stage.emulator.counts.revocations == 0)
        }

        @Test(.stage, arguments: ["n", "y"])
        func `logout asks on a terminal, and names the profiles on the same login before`(answer: String) async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.add("twin", sharing: "p")
            let result = try await onTerminal(stage, ["logout", "p"], question: "[y/N]", answer: answer)
            let question = try #require(result.output.range(of: "Sign out of p? [y/N]"))
            #expect(result.output[..<question.lowerBound].contains("This also signs out twin, on the same login."))
            #expect(result.status == (answer == "y" ? 0 : 130), "\(result.output)")
            #expect(try await stage.tool.run("token", "twin").status == (answer == "y" ? 77 : 0))
        }

        @Test(.stage) func `logout --yes does not ask`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await onTerminal(stage, ["logout", "p", "--yes"])
            #expect(result.status == 0, "\(result.output)")
            #expect(!result.output.contains("[y/N]"))
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)), arguments: [20, 40, 80, 200])
        func `no line of list, status or audit is longer than the terminal is wide`(columns: Int) async throws {
            let stage = try Stage.current
            let name = "a-profile-with-a-rather-long-name"
            try await stage.add("p", options: ["--read-only", "--account", "SIM1100001M", "--account", "SIM1100001F"])
            try await stage.add(name, sharing: "p")
            #expect(try await stage.tool.run("refresh", "p").status == 0)
            for command in ["list", "status", "audit"] {
                let result = try await onTerminal(
                    stage,
                    [command],
                    columns: columns,
                    variables: ["NO_COLOR": "1"]
                )
                for line in result.output.split(whereSeparator: \.isNewline) {
                    #expect(line.count <= columns, "\(line)")
                }
                #expect(!result.output.contains("\u{1B}"))
                if columns >= 80 {
                    #expect(result.output.contains(command == "audit" ? "refresh_succeeded" : "LIVE"))
                    #expect(result.output.contains(name))
                }
                // Without a terminal, nothing is left out.
                let full = try await stage.tool.run(command).output
                #expect(full.contains(command == "audit" ? "by tsaccounts add profile" : "SIM1100001M, SIM1100001F"))
                #expect(!full.contains("…") && !full.contains("\u{1B}"))
            }
        }

        @Test(.stage, arguments: [["NO_COLOR": "1"], ["TERM": "dumb"], [:]])
        func `colors appear on a terminal that has them, and the text says the same without`(
            variables: [String: String]
        ) async throws {
            let stage = try Stage.current
            try await stage.add("p", environment: "--live")
            let result = try await onTerminal(stage, ["list"], columns: 200, variables: variables)
            #expect(result.output.contains("\u{1B}[") == variables.isEmpty)
            let plain = result.output.replacing(#/\x1B\[[0-9;]*m/#, with: "").split(whereSeparator: \.isNewline)
            let piped = try await stage.tool.run("list").output.split(separator: "\n")
            // The remaining lifetime may have changed between the two.
            #expect(
                plain.map { $0.replacing(#/\d+ min left/#, with: "") }
                    == piped.map { $0.replacing(#/\d+ min left/#, with: "") }
            )
        }
    }
}
