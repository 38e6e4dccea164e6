import Foundation
import Testing
import TradeStationEmulator

@testable import TradeStationSessions

extension CommandLineSuite {
    /// Runs every command of the README as it is written there.
    @Suite struct ReadmeTests {
        /// The fenced code blocks of one language, in order.
        static func blocks(_ language: String) throws -> [String] {
            let text = try String(contentsOf: Tool.package.appendingPathComponent("README.md"), encoding: .utf8)
            let parts = text.components(separatedBy: "```\(language)\n").dropFirst()
            return parts.map { $0.components(separatedBy: "\n```")[0] }
        }

        /// Creates a directory for the PATH with three stand-in programs: `tsaccounts` adds profiles of the emulator,
        /// `swift` builds nothing but prints the path of the binary, and `browser` signs in without a user.
        private func standIns(_ stage: Stage) throws -> String {
            let directory = stage.tool.directory.appendingPathComponent("stand-ins")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            let products = Tool.binary.deletingLastPathComponent().path
            let endpoints = (stage.endpoints + ["--api-url", stage.emulator.addresses.liveURL]).joined(separator: " ")
            let person = stage.emulator.addresses.users[0]
            let scripts = [
                "tsaccounts": """
                #!/bin/bash
                case "$1 $2 $*" in
                *--client-id*) exec \(Tool.binary.path) "$@" \(endpoints) --redirect-port \(stage.port) ;;
                "add profile "*) exec \(Tool.binary.path) "$@" --api-url \(stage.emulator.addresses.simURL) ;;
                *) exec \(Tool.binary.path) "$@" ;;
                esac
                """,
                "swift": """
                #!/bin/bash
                case "$*" in *--show-bin-path) echo \(products) ;; esac
                """,
                "browser": """
                #!/usr/bin/env python3
                import html, re, sys, urllib.parse, urllib.request
                leading = urllib.request.urlopen(sys.argv[1]).read().decode()
                url = html.unescape(re.search(r'href="([^"]+)"', leading).group(1))
                page = urllib.request.urlopen(url).read().decode()
                hidden = re.search(r'name="transaction" value="([^"]+)"', page).group(1)
                form = {"transaction": hidden, "username": "\(person.username)", "password": "\(person.password)", "action": "sign_in"}
                target = urllib.parse.urljoin(url, "/authorize")
                urllib.request.urlopen(target, urllib.parse.urlencode(form).encode()).read()
                """,
            ]
            for (name, script) in scripts {
                let file = directory.appendingPathComponent(name)
                try Data((script + "\n").utf8).write(to: file)
                chmod(file.path, 0o755)
            }
            return directory.path
        }

        @Test(.stage) func `every shell command works as written`() async throws {
            let stage = try Stage.current
            let path = try standIns(stage)
            var tool = stage.tool
            try Data(stage.emulator.addresses.clientSecret.utf8).write(
                to: tool.directory.appendingPathComponent("secret.txt")
            )
            tool.environment = [
                "CLIENT_ID": stage.emulator.addresses.clientID, "API_URL": stage.emulator.addresses.liveURL,
                "BROWSER": path + "/browser", "XDG_DATA_HOME": "", "TSACCOUNTS_HOME": "",
            ]
            let blocks = try Self.blocks("sh").filter { !$0.contains("tsaccounts emulator") }
            #expect(blocks.count == 9)
            var outputs: [String] = []
            // The blocks run in the order of the README, except that the block that signs out runs last: the
            // others need the sign-in.
            for block in blocks.filter({ !$0.contains("logout") }) + blocks.filter({ $0.contains("logout") }) {
                let result = try await tool.shell("set -e -o pipefail\n" + block, path: path)
                #expect(result.status == 0, "\(block)\n\(result.errors)")
                outputs.append(result.output)
            }
            let all = outputs.joined()
            #expect(all.contains("\"AccountID\":"))
            #expect(all.contains("paper"))
            #expect(all.contains("The promise holds: 40 tokens expired, and 250 processes asked "))
            #expect(all.contains("refresh_succeeded") == false, "No refresh is due before the last block.")
            #expect(stage.emulator.counts.revocations == 1)
        }

        @Test(.stage) func `the Python program gets the accounts`() async throws {
            let stage = try Stage.current
            try await stage.add("swing", environment: "--live")
            let program = try #require(try Self.blocks("python").first)
            let file = stage.tool.directory.appendingPathComponent("program.py")
            try Data(program.utf8).write(to: file)
            let result = try await stage.tool.shell("python3 program.py")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("\"Accounts\""))
        }

        @Test(.stage) func `the Swift program is the one that is compiled here, and gets the accounts`() async throws {
            let program = try #require(try Self.blocks("swift").first)
            let source = try String(contentsOfFile: #filePath, encoding: .utf8)
            let body = source.components(separatedBy: "// README begin\n")[1].components(
                separatedBy: "        // README end"
            )[0]
            let compiled = body.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
                !$0.isEmpty
            }
            let shown = program.split(separator: "\n").filter { !$0.hasPrefix("import") }.map(String.init)
            #expect(compiled == shown)
            let stage = try Stage.current
            try await stage.add("swing", environment: "--live")
            setenv("TSACCOUNTS_HOME", stage.tool.store, 1)
            defer { unsetenv("TSACCOUNTS_HOME") }
            let response = try await readmeProgram()
            #expect(response.status == 200)
            #expect(response.text.contains("AccountID"))
        }

        private func readmeProgram() async throws -> APIResponse {
            func print(_ token: AccessToken, _ status: Int, _ text: String) {
                #expect("\(token)" == "<redacted>")
            }
            // README begin
            let manager = try await SessionManager()
            let session = try await manager.session(named: "swing")
            let token = try await session.accessToken()
            let accounts = try await session.get("/v3/brokerage/accounts")
            print(token, accounts.status, accounts.text)
            await manager.close()
            // README end
            return accounts
        }

        @Test(.tool) func `the emulator prints its addresses and stops on SIGINT`() async throws {
            let tool = try Tool.current
            let block = try #require(try Self.blocks("sh").first { $0.contains("tsaccounts emulator") })
            let arguments = block.split(separator: " ").dropFirst().map(String.init)
            let running = try tool.start(arguments)
            var lines = running.outputLines.makeAsyncIterator()
            let line = try #require(await lines.next())
            let json = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let control = try #require(json["control_url"] as? String)
            let counts = try await tool.shell("curl -sS \(control)/counts")
            #expect(counts.output.contains("\"exchanges\":0"), "\(counts.output)")
            running.signal(SIGINT)
            #expect(await running.result().status == 130)
        }

        @Test(.stage) func `the systemd unit starts a service that reports when it is ready`() async throws {
            let stage = try Stage.current
            try await stage.add("swing")
            let (tool, home) = (stage.tool, stage.tool.directory.path)
            let block = try #require(try Self.blocks("sh").first { $0.contains("tsaccounts systemd") })
            let written = try await tool.shell(block)
            #expect(written.status == 0, "\(written.errors)")
            #expect(written.output.hasPrefix("systemctl --user daemon-reload\nsystemctl --user enable --now "))
            let unit = try String(contentsOfFile: home + "/.config/systemd/user/tsaccounts.service", encoding: .utf8)
            let command = try #require(unit.split(separator: "\n").first { $0.hasPrefix("ExecStart=") })
                .dropFirst("ExecStart=".count)
            try await NotifyListener.with(home + "/notify") { listener in
                let running = try RunningTool(
                    URL(fileURLWithPath: "/bin/bash"),
                    ["-c", "exec " + command],
                    input: nil,
                    directory: tool.directory,
                    environment: ["HOME": home, "TSACCOUNTS_HOME": tool.store, "NOTIFY_SOCKET": listener.address]
                )
                #expect(await listener.next() == "READY=1")
                #expect(await listener.next() == "STATUS=Keeping 1 profile fresh")
                running.signal(SIGTERM)
                #expect(await running.result().status == 0)
            }
        }

        @Test(.stage) func `the line for cron refreshes the logins that are due`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.add("q", user: 1)
            try await stage.age("q")
            let text = try String(contentsOf: Tool.package.appendingPathComponent("README.md"), encoding: .utf8)
            let line = try #require(text.firstMatch(of: #/`\*\/4 \* \* \* \* (.*?)`/#)?.1)
            let installed = try await stage.tool.shell("install -D \(Tool.binary.path) ~/.local/bin/tsaccounts")
            #expect(installed.status == 0, "\(installed.errors)")
            let result = try await stage.tool.shell(String(line))
            #expect(result.status == 0)
            #expect(result.output + result.errors == "")
            #expect(stage.emulator.counts.refreshes == 1)
        }

        @Test func `the README is short`() throws {
            let text = try String(contentsOf: Tool.package.appendingPathComponent("README.md"), encoding: .utf8)
            #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count < 200)
            #expect(text.contains("apt-get install -y libsqlite3-dev && swift run tsaccounts demo"))
        }
    }
}
