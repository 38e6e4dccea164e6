import Foundation
import Testing
import TradeStationEmulator

@testable import tsaccounts

extension CommandLineSuite {
    @Suite struct LoginCommandTests {
        /// A browser that notes its arguments, the page and its mode, and then tells that it is done.
        private func browser(in tool: Tool, status: Int = 0) throws -> String {
            let path = tool.directory.appendingPathComponent("browser").path
            let script = """
                #!/bin/sh
                cd "$(dirname "$0")"
                file="${2#file://}"
                printf '%s\\n' "$@" > arguments
                cat "$file" > page
                stat -c '%a' "$file" "$(dirname "$file")" > modes
                echo done > finished
                exit \(status)

                """
            try Data(script.utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
            return path
        }

        private func text(_ name: String, in tool: Tool) throws -> String {
            try String(contentsOf: tool.directory.appendingPathComponent(name), encoding: .utf8)
        }

        @Test(.stage) func `the browser gets a private file, which is removed after the sign-in, and not the URL`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            var tool = stage.tool
            _ = try await tool.shell("mkfifo finished")
            tool.environment["BROWSER"] = "no-such-browser:false:'\(try browser(in: tool))' --new-window"
            let running = try tool.start(["login", "p"])
            let url = try #require(await running.url())
            _ = try await tool.shell("cat finished")

            let arguments = try text("arguments", in: tool).split(separator: "\n")
            #expect(arguments.count == 2)
            #expect(arguments[0] == "--new-window")
            #expect(arguments[1].hasPrefix("file:///"))
            #expect(!arguments.contains { $0.contains("state") })
            #expect(try text("modes", in: tool) == "600\n700\n")
            #expect(try text("page", in: tool).contains(url.replacing("&", with: "&amp;")))

            let person = stage.emulator.addresses.users[0]
            try await EmulatedBrowser().signIn(at: url, username: person.username, password: person.password)
            let result = await running.result()
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("open the URL above"))
            #expect(!result.errors.contains("No browser could be opened"))
            let directory = try #require(URL(string: String(arguments[1]))).deletingLastPathComponent().path
            #expect(!FileManager.default.fileExists(atPath: directory))
        }

        @Test(.stage, arguments: ["no-such-browser", "false", "no-such-browser --new:false %s"])
        func `a browser that cannot be opened leaves a note, and the sign-in continues`(_ browser: String) async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            var tool = stage.tool
            tool.environment["BROWSER"] = browser
            let running = try tool.start(["login", "p"])
            let url = try #require(await running.url())
            for await line in running.errorLines where line.hasPrefix("No browser could be opened") { break }
            let person = stage.emulator.addresses.users[0]
            try await EmulatedBrowser().signIn(at: url, username: person.username, password: person.password)
            #expect(await running.result().status == 0)
        }

        @Test(.stage, .timeLimit(.minutes(20)))
        func `without a terminal, a login that nobody completes ends after the timeout`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await stage.tool.run("login", "p", "--timeout", "1")
            #expect(result.status == 77)
            #expect(result.errors.contains("at most 1 s, see --timeout"))
            #expect(result.errors.contains("was not completed within 1 s. [login_timed_out]"))
        }

        @Test(.stage) func `--paste says beforehand that the browser ends on an error page`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await stage.tool.run("login", "p", "--paste")
            #expect(result.status == 64)
            let lines = result.errors.split(separator: "\n").map(String.init)
            let url = try #require(lines.firstIndex { $0.hasPrefix("http") })
            #expect(lines[url + 1].contains("localhost refused to connect"))
            #expect(lines[url + 1].contains("That is expected"))
        }

        @Test(.stage) func `a pasted https address without its scheme or in quotes completes the sign-in`() async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            let (running, address) = try await stage.startPasting()
            running.type("\"https://127.0.0.1/\(address.drop { $0 != "?" })\"")
            #expect(await running.result().status == 0)
        }

        @Test(.stage) func `a key that is taken for a public one is named before the sign-in`() async throws {
            let stage = try Stage.current
            let addresses = stage.emulator.addresses
            let running = try stage.tool.start(
                ["add", "profile", "p", "--client-id", addresses.clientID, "--redirect-port", String(stage.port)]
                    + stage.endpoints
            )
            try await stage.signIn(running)
            let result = await running.result()
            #expect(result.status == 78)
            let note = try #require(result.errors.firstRange(of: "treated as a public client"))
            let url = try #require(result.errors.firstRange(of: "http://"))
            #expect(note.lowerBound < url.lowerBound)
        }

        @Test(.stage) func `a new profile is not limited to an account that the user does not have without a word`()
            async throws
        {
            let stage = try Stage.current
            let addresses = stage.emulator.addresses
            for (name, options) in [("p", []), ("q", ["--json"])] {
                let running = try stage.tool.start(
                    ["add", "profile", name, "--sim", "--client-id", addresses.clientID, "--secret-file", "-"]
                        + ["--redirect-port", String(stage.port), "--api-url", addresses.simURL, "--account", "NOPE1"]
                        + stage.endpoints + options,
                    input: addresses.clientSecret
                )
                try await stage.signIn(running)
                // The sign-in is kept, and the profile can place no order.
                let added = await running.result()
                #expect(added.status == 64)
                #expect(added.output.isEmpty)
                #expect(added.errors.contains("has no account NOPE1."), "\(added.errors)")
                #expect(added.errors.contains("The profile \(name) was added, but can use none of its accounts."))
                #expect(added.errors.contains("tsaccounts set \(name) --account SIM1100001M"))
                let stored = try await stage.tool.sql("SELECT accounts FROM profile WHERE name = '\(name)'")
                #expect(stored.line == "NOPE1")
            }
            // With the login of another profile nothing is lost, so the profile is not added.
            let shared = ["add", "profile", "r", "--sim", "--same-login-as", "p", "--api-url", addresses.simURL]
            let refused = try await stage.tool.run(shared + ["--account", "NOPE1"])
            #expect(refused.status == 64)
            #expect(refused.errors.contains("The profile was not added."))
            #expect(try await stage.tool.sql("SELECT count(*) FROM profile WHERE name = 'r'").line == "0")
            #expect(try await stage.tool.run(shared + ["--account", "SIM1100001M"]).status == 0)
        }

        @Test(.stage) func `an account that the user does not have is refused`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let refused = try await stage.tool.run("set", "p", "--account", "NOPE1")
            #expect(refused.status == 64)
            #expect(refused.errors.contains("has no account NOPE1. [usage]"))
            #expect(refused.errors.contains("SIM1100001M, SIM1100001F"))
            #expect(try await stage.tool.run("set", "p", "--account", "sim1100001m").status == 0)
            // A fence does not hide the other accounts from the check.
            #expect(try await stage.tool.run("set", "p", "--account", "SIM1100001F").status == 0)
            stage.emulator.script([
                EmulatorFault(at: .api, when: .before, .respond(status: 503, headers: [:], body: ""))
            ])
            let unchecked = try await stage.tool.run("set", "p", "--account", "OTHER1")
            #expect(unchecked.status == 0)
            #expect(unchecked.errors.contains("could not be checked"))
        }
    }
}
