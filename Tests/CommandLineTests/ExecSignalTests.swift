import Foundation
import Testing

extension CommandLineSuite {
    @Suite struct ExecSignalTests {
        /// Counts signals until it reads a line.
        private static let counter = """
            import os, signal, sys
            seen = []
            # Not print(), which a signal handler must not call while it is running.
            def say(*words):
                os.write(1, (" ".join(map(str, words)) + "\\n").encode())
            def note(number, frame):
                seen.append(number)
                say("signal", number)
            for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2,
                           signal.SIGWINCH]:
                signal.signal(number, note)
            say("ready")
            line = sys.stdin.readline().strip()
            say("read", line, "after", len(seen))
            """

        /// The signals that are tried: those that this process does not ignore, because its children inherit that.
        private static let signals: [Int32] = {
            let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
            let ignored = status.split(separator: "\n").first { $0.hasPrefix("SigIgn:") }?.split(separator: "\t").last
            let mask = ignored.flatMap { UInt64($0, radix: 16) } ?? 0
            return [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH].filter { mask >> ($0 - 1) & 1 == 0 }
        }()

        @Test(.stage, arguments: signals)
        func `a signal to tsaccounts reaches the program once`(number: Int32) async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let running = try RunningTool(
                Tool.binary,
                ["exec", "p", "--", "python3", "-c", Self.counter],
                input: nil,
                directory: stage.tool.directory,
                environment: ["TSACCOUNTS_HOME": stage.tool.store, "PATH": "/usr/local/bin:/usr/bin:/bin"],
                keepsInputOpen: true
            )
            var lines = running.outputLines.makeAsyncIterator()
            #expect(await lines.next() == "ready")
            running.signal(number)
            #expect(await lines.next() == "signal \(number)")
            running.type("x")
            let result = await running.result()
            #expect(result.output.hasSuffix("read x after 1\n"))
            #expect(result.status == 0)
        }

        @Test(.stage) func `SIGTERM ends a program that does not handle it, and the status says so`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let running = try stage.tool.start(["exec", "p", "--", "sh", "-c", "echo ready; exec sleep 1000"])
            for await line in running.outputLines where line == "ready" { break }
            running.signal(SIGTERM)
            #expect(await running.result().status == 143)
        }

        @Test(.stage) func `a second signal does not end tsaccounts before the program`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let running = try RunningTool(
                Tool.binary,
                ["exec", "p", "--", "python3", "-c", Self.counter],
                input: nil,
                directory: stage.tool.directory,
                environment: ["TSACCOUNTS_HOME": stage.tool.store, "PATH": "/usr/local/bin:/usr/bin:/bin"],
                keepsInputOpen: true
            )
            var lines = running.outputLines.makeAsyncIterator()
            #expect(await lines.next() == "ready")
            for _ in 0..<3 {
                running.signal(SIGTERM)
                #expect(await lines.next() == "signal \(SIGTERM)")
            }
            running.type("x")
            let result = await running.result()
            #expect(result.output.hasSuffix("read x after 3\n"))
            #expect(result.status == 0)
        }

        @Test(.stage) func `Ctrl-C reaches the program once`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await PseudoTerminal(tool: stage.tool).run(
                ["exec", "p", "--", "python3", "-c", Self.counter],
                ("ready", "\u{3}"),
                ("signal 2", "x"),
                ("read x after 1", nil)
            )
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains("read x after 1"))
        }

        @Test(.stage) func `Ctrl-C ends a program that does not handle it`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await PseudoTerminal(tool: stage.tool).run(
                ["exec", "p", "--", "sh", "-c", "echo ready; exec sleep 1000"],
                ("ready", "\u{3}")
            )
            #expect(result.status == 130)
        }

        @Test(.stage) func `Ctrl-Z stops both, and fg continues both`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let script = """
                import os, sys, urllib.request
                for word in ["one", "two"]:
                    print("ready", word, flush=True)
                    sys.stdin.readline()
                print(urllib.request.urlopen(os.environ["TSACCOUNTS_API_URL"] + "/v3/brokerage/accounts").status)
                """
            let result = try await PseudoTerminal(tool: stage.tool).run(
                ["exec", "p", "--", "python3", "-c", script],
                ("ready one", "\u{1A}"),
                ("stopped, echo on", "x"),
                ("ready two", "\u{1A}"),
                ("stopped, echo on", "x"),
                ("200", nil)
            )
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.components(separatedBy: "stopped, echo on").count == 3)
            #expect(result.output.contains("200"))
        }

        @Test(.stage) func `a program that ignores Ctrl-Z goes on`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let script = """
                import signal, sys
                signal.signal(signal.SIGTSTP, signal.SIG_IGN)
                print("ready", flush=True)
                print("read", sys.stdin.readline().strip())
                """
            let result = try await PseudoTerminal(tool: stage.tool).run(
                ["exec", "p", "--", "python3", "-c", script],
                ("ready", "\u{1A}x"),
                ("read x", nil)
            )
            #expect(result.status == 0, "\(result.output)")
            #expect(!result.output.contains("stopped"))
        }

        @Test(.stage) func `a signal that was ignored stays ignored`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let script = "trap '' HUP INT; tsaccounts exec p -- sh -c 'kill -HUP $$ $PPID; kill -INT $$; echo survived'"
            let result = try await stage.tool.shell(script)
            #expect(result.output == "survived\n", "\(result.errors)")
            #expect(result.status == 0)
        }
    }
}
