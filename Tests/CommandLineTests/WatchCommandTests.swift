import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite(.timeLimit(.minutes(10))) struct WatchCommandTests {
        private static let enter = "\u{1B}[?1049h\u{1B}[?25l"
        private static let leave = "\u{1B}[?25h\u{1B}[?1049l"

        @Test(.stage(EmulatorConfiguration(rotate: true)), arguments: [80, 200])
        func `keys select and refresh a profile, and q gives the terminal back`(_ columns: Int) async throws {
            let stage = try Stage.current
            try await stage.add("paper")
            try await stage.add("swing", user: 1)
            let result = try await PseudoTerminal(tool: stage.tool, columns: columns).run(
                ["watch"],
                ("> paper", "j"),
                ("> swing", "r"),
                ("swing: new tokens until", "s"),
                ("sort (state)", "q")
            )
            #expect(result.status == 0)
            #expect(stage.emulator.counts.refreshes == 1)
            #expect(result.output.hasPrefix(Self.enter))
            #expect(result.output.hasSuffix(Self.leave))
            for frame in result.output.components(separatedBy: "\u{1B}[H").dropFirst() {
                let lines = frame.components(separatedBy: "\u{1B}[J")[0].components(separatedBy: "\r\n")
                #expect(lines.count == 24)
                for line in lines {
                    let text = line.replacing(/\u{1B}\[[0-9;]*[mK]/, with: "")
                    #expect(text.count <= columns, "\(text)")
                }
            }
        }

        @Test(.stage) func `Ctrl-Z gives the terminal back, and fg draws again`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await PseudoTerminal(tool: stage.tool).run(
                ["watch"],
                ("> p", "\u{1A}"),
                ("stopped, echo", nil),
                ("> p", "q")
            )
            #expect(result.status == 0)
            #expect(result.output.contains("stopped, echo on"))
            #expect(result.output.components(separatedBy: Self.enter).count == 3)
            #expect(result.output.components(separatedBy: Self.leave).count == 3)
            #expect(result.output.hasSuffix(Self.leave))
        }

        @Test(.stage, arguments: [("\u{3}", Int32(130)), ("\u{1C}", 131)])
        func `a signal from the keyboard gives the terminal back before the command ends`(
            _ key: String,
            _ status: Int32
        )
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await PseudoTerminal(tool: stage.tool).run(["watch"], ("> p", key))
            #expect(result.status == status, "\(result.output)")
            #expect(result.output.components(separatedBy: Self.leave).count == 2)
        }

        @Test(.stage) func `NO_COLOR leaves out colors, and TERM=dumb the whole screen`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let plain = try await PseudoTerminal(tool: stage.tool, variables: ["NO_COLOR": "1"])
                .run(["watch"], ("● ready", "q"))
            #expect(plain.output.firstMatch(of: /\u{1B}\[[0-9;]*m/) == nil)
            let dumb = try await PseudoTerminal(tool: stage.tool, variables: ["TERM": "dumb"])
                .run(["watch"], ("p: sim, ready", "\u{3}"))
            #expect(dumb.status == 130)
            #expect(!dumb.output.contains("\u{1B}"))
        }

        @Test(.stage) func `without a terminal there is a line for each profile, then one for each event`() async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            let watching = try stage.tool.start(["watch", "--utc"])
            var lines = watching.outputLines.makeAsyncIterator()
            #expect(await lines.next()?.contains(/^\S+ \S+Z  p: sim, ready, access token 19 min left\.$/) == true)
            #expect(try await stage.tool.run("refresh", "p").status == 0)
            let event = await lines.next()
            #expect(
                event?.contains(
                    /^\S+ \S+Z  p: new tokens, generation 2, until .*, by tsaccounts refresh \(process \d+\)$/
                ) == true
            )
            stage.emulator.revokeAll()
            #expect(try await stage.tool.run("refresh", "p").status == 77)
            #expect(
                await lines.next()?.contains("p: the user must sign in [login_required], by tsaccounts refresh") == true
            )
            watching.signal(SIGTERM)
            #expect(await watching.result().status == 143)
        }

        private static func object(_ line: String?) throws -> [String: Any] {
            let line = try #require(line)
            return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }

        @Test(.stage) func `with --json each line is an object, and profiles that were not named are left out`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.add("q", user: 1)
            let watching = try stage.tool.start(["watch", "p", "--json"])
            var lines = watching.outputLines.makeAsyncIterator()
            let state = try Self.object(await lines.next())
            #expect(state["event"] as? String == "state")
            #expect((state["profile"] as? [String: Any])?["name"] as? String == "p")
            #expect(try await stage.tool.run("refresh", "q").status == 0)
            #expect(try await stage.tool.run("refresh", "p").status == 0)
            let event = try Self.object(await lines.next())
            #expect(event["event"] as? String == "refreshed")
            #expect(event["profiles"] as? [String] == ["p"])
            #expect(event["generation"] as? Int == 2)
            #expect(event["requester"] as? String == "tsaccounts refresh")
            watching.signal(SIGINT)
            #expect(await watching.result().status == 130)
        }

        @Test(.stage) func `a profile that does not exist is an error before anything is shown`() async throws {
            let stage = try Stage.current
            try await stage.add("swing")
            let result = try await stage.tool.run("watch", "swong")
            #expect(result.status == 66)
            #expect(result.output.isEmpty)
            #expect(result.errors.contains("swing"))
        }
    }
}
