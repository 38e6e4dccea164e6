import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite(.timeLimit(.minutes(20))) struct HookCommandTests {
        /// Waits until a file has so many lines.
        private func lines(_ count: Int, of file: URL) async throws -> [String] {
            while true {
                let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
                let lines = text.split(separator: "\n").map(String.init)
                if lines.count >= count, text.hasSuffix("\n") { return lines }
                try await Task.sleep(for: .milliseconds(50))
            }
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `hooks run once per transition, with the facts and without secrets`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.add("twin", sharing: "p")
            try await stage.age()
            let seen = stage.tool.directory.appendingPathComponent("seen")
            let config = stage.tool.store + "/config"
            try "on.degraded = echo \"$TSACCOUNTS_EVENT $TSACCOUNTS_CODE\" >> '\(seen.path)'\n"
                .write(toFile: config, atomically: false, encoding: .utf8)
            chmod(config, 0o600)
            let down = EmulatorFault.Action.respond(status: 503, headers: [:], body: "<html>")
            stage.emulator.script([
                EmulatorFault(at: .token, when: .before, down), EmulatorFault(at: .token, when: .before, down),
            ])
            var tool = stage.tool
            tool.environment["CLIENT_SECRET"] = "canary"
            let append = ">> '\(seen.path)'"
            let serving = try tool.start([
                "serve", "--on",
                "refreshed=echo \"$TSACCOUNTS_EVENT $TSACCOUNTS_PROFILES $TSACCOUNTS_GENERATION\" \(append)",
                "--on", "recovered=echo \"$TSACCOUNTS_EVENT $TSACCOUNTS_LOGIN\" \(append)",
                "--on", "needs_login=echo \"$TSACCOUNTS_EVENT $TSACCOUNTS_TRY\" \(append); env; cat",
            ])
            #expect(try await lines(3, of: seen) == ["degraded server_error", "refreshed p twin 2", "recovered 1"])
            #expect(try await stage.tool.run("revoke", "p", "--yes").status == 0)
            #expect(try await lines(4, of: seen).last == "needs_login tsaccounts login p")
            for await line in serving.errorLines where line.contains("TSACCOUNTS_TRY=") { break }
            // It waits for the command, which still prints its environment.
            serving.signal(SIGTERM)
            let result = await serving.result()
            #expect(result.status == 0)
            #expect(result.errors.contains("\nhook needs_login (p, twin): TSACCOUNTS_EVENT=needs_login\n"))
            #expect(!result.errors.contains("canary"))
            #expect(!result.errors.contains(stage.emulator.addresses.clientSecret))
            #expect(try String(contentsOf: seen, encoding: .utf8).split(separator: "\n").count == 4)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `a command that fails or prints too much is a note`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            let serving = try stage.tool.start([
                "serve", "--on", "refreshed=yes | head -n 200; exit 3", "--on", "refreshed=/no/such/program",
            ])
            var noted: [String] = []
            for await line in serving.errorLines where line.hasPrefix("hook ") {
                noted.append(line)
                if line.contains("status 127") { break }
            }
            let title = "hook refreshed (p): "
            #expect(noted.count { $0 == title + "y" } == 50)
            #expect(noted.contains(title + "… (150 more lines)"))
            #expect(noted.contains(title + "failed with status 3."))
            #expect(noted.last == title + "failed with status 127.")
            serving.signal(SIGTERM)
            #expect(await serving.result().status == 0)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `a command that does not end is ended, with all that it started`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            let child = stage.tool.directory.appendingPathComponent("child")
            // The process in the background ignores SIGTERM.
            let command = "sh -c \"trap '' TERM; echo \\$\\$ > '\(child.path)'; sleep 1000\" & wait"
            let serving = try stage.tool.start(["serve", "--hook-timeout", "10", "--on", "refreshed=\(command)"])
            let note = "hook refreshed (p): ended after 10 s, because it did not finish."
            for await line in serving.errorLines where line == note { break }
            let id = try #require(Int32(try await lines(1, of: child)[0]))
            while kill(id, 0) == 0 { try await Task.sleep(for: .milliseconds(50)) }
            serving.signal(SIGTERM)
            #expect(await serving.result().status == 0)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `SIGTERM waits for a command that runs, and starts no more`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            let (begun, go, seen) = (
                stage.tool.directory.appendingPathComponent("begun"), stage.tool.directory.appendingPathComponent("go"),
                stage.tool.directory.appendingPathComponent("seen")
            )
            let command =
                "echo > '\(begun.path)'; while ! test -e '\(go.path)'; do sleep 0.05; done; echo done > '\(seen.path)'"
            let serving = try stage.tool.start([
                "serve", "--on", "refreshed=\(command)", "--on", "refreshed=echo second > '\(seen.path)'",
            ])
            _ = try await lines(0, of: begun)
            serving.signal(SIGTERM)
            for await line in serving.errorLines where line == "Hooks that are not run any more: 1." { break }
            #expect(kill(serving.processID, 0) == 0)
            try Data().write(to: go)
            #expect(await serving.result().status == 0)
            #expect(try String(contentsOf: seen, encoding: .utf8) == "done\n")
        }

        @Test(.stage) func `a settings file that others can write, and a hook for no event, are refused`() async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            let config = stage.tool.store + "/config"
            try "on.refreshed = true\n".write(toFile: config, atomically: false, encoding: .utf8)
            for directory in [stage.tool.directory.path, stage.tool.store] { chmod(directory, 0o755) }
            chmod(config, 0o666)
            let open = try await stage.tool.run("serve")
            #expect(open.status == 78)
            #expect(open.errors.contains("[insecure_permissions]") && open.errors.contains(config))
            chmod(config, 0o600)
            let unknown = try await stage.tool.run("serve", "--on", "refresh=true")
            #expect(unknown.status == 64)
            #expect(unknown.errors.contains("There is no event refresh."))
            #expect(unknown.errors.contains("Try: tsaccounts serve --on refreshed='COMMAND'"))
            try "on.nothing = true\n".write(toFile: config, atomically: false, encoding: .utf8)
            let line = try await stage.tool.run("serve")
            #expect(line.status == 64)
            #expect(line.errors.contains("Line 1 of \(config) cannot be used."))
        }
    }
}
