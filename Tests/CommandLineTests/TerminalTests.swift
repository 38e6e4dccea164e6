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
            let script = """
                import os, pty, sys
                pid, terminal = pty.fork()
                if pid == 0:
                    os.execv(sys.argv[1], sys.argv[1:-2])
                seen = b""
                answered = False
                while True:
                    try:
                        chunk = os.read(terminal, 4096)
                    except OSError:
                        break
                    if not chunk:
                        break
                    seen += chunk
                    if not answered and sys.argv[-2].encode() in seen:
                        answered = True
                        os.write(terminal, sys.argv[-1].encode() + (b"" if sys.argv[-1].endswith("\\x03") else b"\\n"))
                status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                sys.stdout.write(seen.decode())
                sys.exit(status if status >= 0 else 128 - status)
                """
            var environment = ["TSACCOUNTS_HOME": stage.tool.store, "HOME": stage.tool.directory.path]
            environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
            return try await RunningTool(
                URL(fileURLWithPath: "/usr/bin/env"),
                ["python3", "-c", script, Tool.binary.path] + arguments + [question, answer],
                input: nil,
                directory: stage.tool.directory,
                environment: environment
            ).result()
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
