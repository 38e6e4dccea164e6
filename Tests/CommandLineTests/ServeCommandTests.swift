import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite(.timeLimit(.minutes(20))) struct ServeCommandTests {
        /// Starts `serve` and waits until it is ready.
        private func serve(
            _ stage: Stage,
            _ options: [String] = [],
            ready: String,
            abstract: Bool = false,
            _ body: (RunningTool, NotifyListener) async throws -> Void
        ) async throws {
            let path = stage.tool.directory.appendingPathComponent("notify").path
            try await NotifyListener.with(abstract ? "@\(path)" : path) { listener in
                var tool = stage.tool
                tool.environment["NOTIFY_SOCKET"] = listener.address
                let serving = try tool.start(["serve"] + options)
                #expect(await listener.next() == "READY=1")
                #expect(await listener.next() == "STATUS=\(ready)")
                try await body(serving, listener)
                while let message = await listener.next(), message != "STOPPING=1" {
                    #expect(message.hasPrefix("STATUS="))
                }
            }
        }

        @Test(.stage(EmulatorConfiguration(accessTokenSeconds: 4, rotate: true)))
        func `tokens with a lifetime of four seconds stay fresh`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await serve(stage, ready: "Keeping 1 profile fresh", abstract: true) { serving, _ in
                while stage.emulator.counts.refreshes < 4 {
                    let token = try await stage.tool.run("token", "p", "--json")
                    #expect(token.status == 0, "\(token.errors)")
                    let json = try JSONSerialization.jsonObject(with: Data(token.output.utf8)) as? [String: Any]
                    let left = try #require(json?["expires_in_seconds"] as? Int)
                    #expect((0...4).contains(left))
                }
                serving.signal(SIGTERM)
                let result = await serving.result()
                #expect(result.status == 0)
                #expect(result.output.isEmpty)
                let lines = result.errors.split(separator: "\n")
                #expect(lines.first == "Keeping 1 profile fresh: p.")
                let refreshed = lines.dropFirst()
                #expect(refreshed.count >= 3)
                #expect(refreshed.allSatisfy { $0.hasPrefix("p: refreshed; the access token ends ") }, "\(refreshed)")
            }
            let kept = try await stage.tool.sql(
                "SELECT count(*) >= 3 FROM audit WHERE event = 'refresh_succeeded' AND requester = 'tsaccounts serve'"
            )
            #expect(kept.line == "1")
            #expect(stage.emulator.counts.refused == 0)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true, overlapSeconds: 0)), arguments: [SIGINT, SIGTERM])
        func `a signal during an exchange saves the rotated token and exits with 0`(_ signal: Int32) async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 0.5))])
            try await serve(stage, ["-q"], ready: "Keeping 1 profile fresh") { serving, _ in
                try await stage.emulator.wait { $0.refreshes > 0 }
                serving.signal(signal)
                let result = await serving.result()
                #expect(result.status == 0)
                #expect(result.errors.isEmpty)
            }
            #expect(try await stage.tool.sql("SELECT generation FROM login").line == "2")
            #expect(try await stage.tool.run("token", "p").status == 0)
            #expect(stage.emulator.counts.refreshes == 1)
            #expect(try await stage.tool.run("audit", "verify").status == 0)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `an outage is reported, does not end serve, and recovers without a restart`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            let down = EmulatorFault.Action.respond(status: 503, headers: [:], body: "<html>")
            stage.emulator.script([EmulatorFault(at: .token, when: .before, down)])
            try await serve(stage, ready: "Keeping 1 profile fresh") { serving, _ in
                var lines = serving.errorLines.makeAsyncIterator()
                #expect(await lines.next() == "Keeping 1 profile fresh: p.")
                let failure = try #require(await lines.next())
                #expect(failure.hasPrefix("p: ") && failure.hasSuffix("[server_error]"), "\(failure)")
                while let line = await lines.next(), line != "p: fresh again." {
                    #expect(line.hasPrefix("p: refreshed; "), "\(line)")
                }
                serving.signal(SIGTERM)
                #expect(await serving.result().status == 0)
            }
            #expect(stage.emulator.counts.refreshes == 2)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `serve notices profiles that are added, signed in or removed`() async throws {
            let stage = try Stage.current
            try await stage.tool.makeStore()
            #expect(try await stage.tool.run("remove", "first", "--yes").status == 0)
            try await serve(stage, ready: "Waiting for the first profile") { serving, systemd in
                var lines = serving.errorLines.makeAsyncIterator()
                #expect(await lines.next() == "Waiting for the first profile.")
                try await stage.add("q", user: 1)
                try await stage.add("p")
                #expect(try await stage.tool.run("logout", "p").status == 0)
                let signedOut =
                    "p: The user of this profile is signed out on this machine. [login_required] Try: tsaccounts login p"
                while let line = await lines.next(), line != signedOut {}
                let health = "STATUS=Keeping 1 of 2 profiles fresh. Try: tsaccounts login p"
                while let status = await systemd.next(), status != health {}
                let login = try stage.tool.start(["login", "p"])
                try await stage.signIn(login)
                #expect(await login.result().status == 0)
                while let line = await lines.next(), line != "p: fresh again." {}
                while let status = await systemd.next(), status != "STATUS=Keeping 2 profiles fresh" {}
                #expect(try await stage.tool.run("remove", "q", "--yes").status == 0)
                while let line = await lines.next(), line != "Keeping 1 profile fresh: p." {}
                while let status = await systemd.next(), status != "STATUS=Keeping 1 profile fresh" {}
                serving.signal(SIGTERM)
                #expect(await serving.result().status == 0)
            }
        }

        @Test(.stage) func `serve goes on when another program empties the change counters`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await serve(stage, ready: "Keeping 1 profile fresh") { serving, _ in
                var lines = serving.errorLines.makeAsyncIterator()
                #expect(await lines.next() == "Keeping 1 profile fresh: p.")
                #expect(truncate(stage.tool.store + "/locks/changes", 0) == 0)
                try await stage.add("q", user: 1)
                #expect(await lines.next() == "Keeping 2 profiles fresh: p, q.")
                serving.signal(SIGTERM)
                #expect(await serving.result().status == 0)
            }
        }

        @Test(.stage(EmulatorConfiguration(rotate: true, overlapSeconds: 0)))
        func `tokens that could not be saved are saved when the database can be written again`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 1))])
            try await serve(stage, ready: "Keeping 1 profile fresh") { serving, _ in
                var lines = serving.errorLines.makeAsyncIterator()
                #expect(await lines.next() == "Keeping 1 profile fresh: p.")
                try await stage.emulator.wait { $0.refreshes > 0 }
                let shell = try RunningTool(
                    URL(fileURLWithPath: "/usr/bin/sqlite3"),
                    [stage.tool.database],
                    input: "BEGIN EXCLUSIVE;\n",
                    directory: stage.tool.directory,
                    environment: [:],
                    keepsInputOpen: true
                )
                #expect(await lines.next()?.hasPrefix("p: The new tokens could not be written to the database") == true)
                shell.type("ROLLBACK;\n.quit")
                #expect(await shell.result().status == 0)
                while let line = await lines.next(), line != "p: fresh again." {}
                serving.signal(SIGTERM)
                #expect(await serving.result().status == 0)
            }
            #expect(try await stage.tool.sql("SELECT generation FROM login").line == "2")
            #expect(stage.emulator.counts.refreshes == 1)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `a service whose sign-ins are all over says so, with the command for each login`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.add("twin", sharing: "p")
            try await stage.add("q", user: 1)
            #expect(try await stage.tool.run("revoke", "p", "--yes").status == 0)
            let health = "Keeping none of 3 profiles fresh. Try: tsaccounts login p; tsaccounts login q"
            try await serve(stage, ["-v"], ready: health) { serving, _ in
                var lines = serving.errorLines.makeAsyncIterator()
                // With -v, each line begins with the time.
                let summary = #/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  Keeping none of 3 profiles fresh: p, q, twin\. Try: .*/#
                while let line = await lines.next(), line.wholeMatch(of: summary) == nil {}
                serving.signal(SIGTERM)
                #expect(await serving.result().status == 0)
            }
        }

        @Test(.stage) func `a second serve on the store says that one is running`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await serve(stage, ready: "Keeping 1 profile fresh") { first, _ in
                let second = try stage.tool.start(["serve"])
                var lines = second.errorLines.makeAsyncIterator()
                let remark = "Another tsaccounts serve (process \(first.processID)) already keeps this store fresh."
                #expect(await lines.next()?.hasPrefix(remark) == true)
                second.signal(SIGTERM)
                #expect(await second.result().status == 0)
                first.signal(SIGTERM)
                #expect(await first.result().status == 0)
            }
            // The kernel releases the mark with the process.
            let third = try stage.tool.start(["serve"])
            var lines = third.errorLines.makeAsyncIterator()
            #expect(await lines.next() == "Keeping 1 profile fresh: p.")
            third.signal(SIGTERM)
            #expect(await third.result().status == 0)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `with --json each line is an object on standard output`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            let down = EmulatorFault.Action.respond(status: 503, headers: [:], body: "<html>")
            stage.emulator.script([EmulatorFault(at: .token, when: .before, down)])
            try await serve(stage, ["--json"], ready: "Keeping 1 profile fresh") { serving, _ in
                var events: [[String: Any]] = []
                for await line in serving.outputLines {
                    let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                    events.append(try #require(event, "\(line)"))
                    if events.last?["event"] as? String == "refreshed" { break }
                }
                #expect(events.allSatisfy { $0["at"] is String })
                #expect(events.first?["event"] as? String == "profiles")
                #expect(events.first?["profiles"] as? [String] == ["p"])
                #expect(events.last?["profiles"] as? [String] == ["p"])
                #expect(events.last?["expires_at"] is String)
                let failing = try #require(events.first { $0["event"] as? String == "failing" })
                #expect(failing["profile"] as? String == "p")
                #expect(failing["code"] as? String == "server_error")
                let second = try stage.tool.start(["serve", "--json"])
                var lines = second.outputLines.makeAsyncIterator()
                #expect(await lines.next()?.contains(#""event":"other_server""#) == true)
                for process in [second, serving] {
                    process.signal(SIGTERM)
                    let result = await process.result()
                    #expect(result.status == 0)
                    #expect(result.errors.isEmpty, "\(result.errors)")
                }
            }
        }

        @Test(.stage) func `a store that cannot be opened is an ordinary failure`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            for directory in [stage.tool.directory.path, stage.tool.store] { chmod(directory, 0o755) }
            chmod(stage.tool.store + "/key", 0o644)
            let result = try await stage.tool.run("serve")
            #expect(result.status == 78)
            #expect(result.errors.contains("[insecure_permissions]"))
        }

        @Test(.stage(EmulatorConfiguration(accessTokenSeconds: 4, rotate: true)))
        func `two serve processes on one store do not disturb each other`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await serve(stage, ready: "Keeping 1 profile fresh") { one, _ in
                let other = try stage.tool.start(["serve"])
                try await stage.emulator.wait { $0.refreshes >= 2 }
                one.signal(SIGTERM)
                other.signal(SIGTERM)
                #expect(await one.result().status == 0)
                #expect(await other.result().status == 0)
            }
            let saved = try await stage.tool.sql("SELECT generation - 1 FROM login")
            #expect(saved.line == String(stage.emulator.counts.refreshes))
            #expect(stage.emulator.counts.refused == 0)
        }
    }
}
