import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite(.timeLimit(.minutes(20))) struct EmulatorCommandTests {
        private func addresses(_ running: RunningTool) async throws -> EmulatorAddresses {
            var lines = running.outputLines.makeAsyncIterator()
            return try JSONDecoder().decode(EmulatorAddresses.self, from: Data(try #require(await lines.next()).utf8))
        }

        @Test(.tool) func `the printed command adds a profile, and a restart with --state keeps its sign-in`()
            async throws
        {
            let tool = try Tool.current
            let arguments = ["emulator", "--rotate", "--state", tool.directory.path + "/state.json"]
            var running = try tool.start(arguments)
            let first = try await addresses(running)
            var notes = running.errorLines.makeAsyncIterator()
            while let note = await notes.next(), !note.hasPrefix("Add a profile") {}
            let command = try #require(await notes.next()).trimmingCharacters(in: .whitespaces)
            #expect(command.hasPrefix("tsaccounts add profile "))
            #expect(!command.contains(first.clientSecret))
            let (adding, url) = try await addition(command, tool)
            try await EmulatedBrowser().signIn(at: url, username: "alice", password: "alice-password")
            #expect(await adding.result().status == 0)
            #expect(try await tool.run("refresh", "emulated").status == 0)
            // A killed emulator has saved every token that a client has.
            running.signal(SIGKILL)
            _ = await running.result()

            running = try tool.start(arguments)
            #expect(try await addresses(running) == first)
            let token = try await tool.run("token", "emulated", "--json")
            #expect(token.status == 0)
            let api = try await tool.shell(
                """
                tsaccounts token emulated | sed 's/^/Authorization: Bearer /' \
                    | curl -sS -o /dev/null -w '%{http_code}' -H @- \(first.simURL)/v3/brokerage/accounts
                """
            )
            #expect(api.output == "200")
            #expect(try await tool.run("refresh", "emulated").status == 0)
            running.signal(SIGINT)
            #expect(await running.result().status == 130)
        }

        /// Starts the printed command. It uses the default callback ports, which other sign-ins may occupy for a moment.
        private func addition(_ command: String, _ tool: Tool) async throws -> (RunningTool, url: String) {
            while true {
                let adding = try tool.start(command.split(separator: " ").dropFirst().map(String.init))
                if let url = await adding.url() { return (adding, url) }
                let result = await adding.result()
                try #require(result.errors.contains("callback_ports_busy"), "\(result.errors)")
            }
        }

        @Test(.tool) func `a state file that cannot be used is refused and stays as it is`() async throws {
            let tool = try Tool.current
            let file = tool.directory.appendingPathComponent("notes.txt")
            try Data("not a state".utf8).write(to: file)
            // An emulator that starts after all is ended.
            let foreign = try await tool.shell("timeout 60 tsaccounts emulator --state \(file.path)")
            #expect(foreign.status == 73)
            #expect(foreign.errors.contains("The file does not contain the state of an emulator."))
            #expect(try String(contentsOf: file, encoding: .utf8) == "not a state")
            let nowhere = try await tool.shell("timeout 60 tsaccounts emulator --state ~/none/state.json")
            #expect(nowhere.status == 73)
        }
    }
}
