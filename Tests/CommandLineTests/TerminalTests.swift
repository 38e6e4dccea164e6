import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct TerminalTests {
        /// Runs the tool on a pseudo-terminal, answers `question` with `answer`, and returns what the terminal showed.
        private func onTerminal(
            _ stage: Stage,
            _ arguments: [String],
            question: String,
            answer: String
        ) async throws -> Tool.Result {
            try await PseudoTerminal(tool: stage.tool).run(arguments, (question, answer))
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
                ("[sim/live]", "sim"),
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
            #expect(try await stage.tool.sql("SELECT count(*) FROM profile").line == "0")
        }

        @Test(.stage, arguments: [("y", "0"), ("n", "1"), ("", "1")])
        func `remove asks for confirmation, and only a yes removes the profile`(_ answer: String, _ left: String)
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await onTerminal(stage, ["remove", "p"], question: "[y/N]", answer: answer)
            #expect(result.status == 0, "\(result.output)")
            #expect(try await stage.tool.sql("SELECT count(*) FROM profile").line == left)
        }
    }
}
