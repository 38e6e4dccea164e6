import Foundation
import Testing
import TradeStationEmulator
import TradeStationSessions

@testable import tsaccounts

extension CommandLineSuite {
    /// What a command says while it waits.
    @Suite struct WaitingTests {
        private static func pause(seconds: Int = 3) -> EmulatorFault {
            EmulatorFault(
                at: .token,
                when: .before,
                .respond(status: 429, headers: ["Retry-After": "\(seconds)"], body: "{}")
            )
        }

        @Test(.stage) func `a requested refresh waits for a pause, whether it began before or with its own request`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            stage.emulator.script([Self.pause()])
            let first = try await stage.tool.run("refresh", "p", "--timeout", "60")
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.errors.contains("p: waiting until the sign-in server may be asked again, "))
            #expect(stage.emulator.counts.refreshes == 2)
            stage.emulator.script([Self.pause()])
            let limited = try await stage.tool.run("refresh", "p", "--timeout", "2")
            #expect(limited.status == 75)
            #expect(limited.errors.contains("[rate_limited]"))
            let second = try await stage.tool.run("refresh", "p", "--timeout", "60")
            #expect(second.status == 0, "\(second.errors)")
        }

        @Test(.stage) func `with -q and with --json nothing is said`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            for option in ["-q", "--json"] {
                stage.emulator.script([Self.pause()])
                let result = try await stage.tool.run("refresh", "p", "--timeout", "60", option)
                #expect(result.status == 0)
                #expect(result.errors.isEmpty)
            }
        }

        @Test(.stage) func `a terminal counts down in one line, which is cleared`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            // A busy machine may not show every second.
            stage.emulator.script([Self.pause(seconds: 6)])
            let result = try await PseudoTerminal(tool: stage.tool).run(["refresh", "p", "--timeout", "60"])
            #expect(result.status == 0)
            let lines = result.output.components(separatedBy: "\r\u{1B}[K")
            let seconds = lines.compactMap { line in
                line.firstMatch(of: #/may be asked again, (\d+) s$/#).flatMap { Int($0.1) }
            }
            #expect(Set(seconds).count > 1)
            #expect(seconds == seconds.sorted(by: >))
            // The last line begins on a cleared one.
            #expect(lines.last?.hasPrefix("p: refreshed") == true)
        }

        @Test(.stage) func `a terminal that the user has stopped does not keep tokens from being saved`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 2.5))])
            // The child stops its terminal, as Ctrl-S does, and so can write nothing.
            let script = """
                import os, pty, signal, sqlite3, sys, termios, time
                pid, terminal = pty.fork()
                if pid == 0:
                    termios.tcflow(2, termios.TCOOFF)
                    os.execv(sys.argv[2], sys.argv[2:])
                database = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True, timeout=60)
                while database.execute("SELECT generation FROM login").fetchone()[0] != 2:
                    time.sleep(0.1)
                os.kill(pid, signal.SIGKILL)
                """
            let result = try await RunningTool(
                URL(fileURLWithPath: "/usr/bin/env"),
                ["timeout", "120", "python3", "-c", script, stage.tool.database, Tool.binary.path, "refresh", "p"],
                input: nil,
                directory: stage.tool.directory,
                environment: [
                    "TSACCOUNTS_HOME": stage.tool.store, "HOME": stage.tool.directory.path,
                    "PATH": "/usr/local/bin:/usr/bin:/bin",
                ]
            ).result()
            #expect(result.status == 0, "\(result.errors)")
        }

        @Test(arguments: [
            (RefreshWait.Cause.pause, Int64?(14_200), "p: waiting until the sign-in server may be asked again, 13 s"),
            (.answer, Int64?.none, "p: waiting for the answer of the sign-in server, 2 s so far"),
            (.nameLookUp, Int64?.none, "p: looking up the name of the sign-in server, 2 s so far"),
            (.lock, Int64?.none, "p: waiting for another process that is refreshing this login, 2 s so far"),
        ])
        func `a wait is told by its cause and its time`(_ cause: RefreshWait.Cause, _ left: Int64?, _ text: String)
            throws
        {
            let wait = RefreshWait(profile: try ProfileName("p"), cause: cause, milliseconds: left)
            #expect(WaitNote.text(wait, after: .milliseconds(2_500), counts: true) == text)
        }
    }
}
