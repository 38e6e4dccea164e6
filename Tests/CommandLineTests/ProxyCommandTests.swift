import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite(.timeLimit(.minutes(20))) struct ProxyCommandTests {
        private struct Announcement: Decodable {
            struct Profile: Decodable {
                let profile: String
                let environment: String
                let url: String
                let key_file: String
            }
            let profiles: [Profile]
        }

        /// Starts the proxy, and runs `body` with what it announces. Ends the proxy with SIGTERM.
        private func proxy(
            _ arguments: [String],
            _ body: (Announcement, RunningTool) async throws -> Void
        ) async throws {
            let stage = try Stage.current
            let running = try stage.tool.start(["proxy"] + arguments + ["--json"])
            var lines = running.outputLines.makeAsyncIterator()
            guard let line = await lines.next() else {
                let result = await running.result()
                Issue.record("the proxy did not start: \(result.errors)")
                return
            }
            try await body(JSONDecoder().decode(Announcement.self, from: Data(line.utf8)), running)
            running.signal(SIGTERM)
            let result = await running.result()
            #expect(result.status == 0)
            #expect(result.errors.isEmpty)
        }

        /// The answer to a request, and its status in the last line.
        private func curl(_ url: String, key: String, _ options: String = "") async throws -> String {
            try await Stage.current.tool.shell(
                "printf 'X-TSAccounts-Key: %s' '\(key)' | curl -sS -H @- -w '\\n%{http_code}' \(options) '\(url)'"
            ).output
        }

        @Test(.stage) func `programs use a profile with the key from its file`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await proxy(["p"]) { announcement, _ in
                let profile = try #require(announcement.profiles.first)
                #expect(announcement.profiles.count == 1)
                #expect(profile.profile == "p" && profile.environment == "sim")
                let key = try String(contentsOfFile: profile.key_file, encoding: .utf8).dropLast()
                #expect(key.count == 43)
                #expect(
                    try FileManager.default.attributesOfItem(atPath: profile.key_file)[.posixPermissions] as? Int
                        == 0o600
                )
                let accounts = try await curl("\(profile.url)/v3/brokerage/accounts", key: String(key))
                #expect(accounts.contains("SIM1100001M") && accounts.hasSuffix("\n200"))
                let base = profile.url.dropLast(1)
                #expect(try await curl("\(base)\(key)/v3/brokerage/accounts", key: String(key)).hasSuffix("\n200"))
                #expect(try await curl("\(profile.url)/v3/brokerage/accounts", key: "wrong").hasSuffix("\n401"))
                let form = "grant_type=refresh_token&refresh_token=x&client_id=\(stage.emulator.addresses.clientID)"
                let token = try await curl("\(profile.url)/oauth/token", key: String(key), "-d '\(form)'")
                #expect(token.contains("\"access_token\":\"ey") && token.hasSuffix("\n200"))
                let real = try await stage.tool.run("token", "p")
                #expect(!token.contains(real.line))
            }
            let uses = "SELECT count(*) FROM audit WHERE event = 'profile_used' AND requester = 'tsaccounts proxy'"
            #expect(try await stage.tool.sql(uses).line == "3")
            #expect(stage.emulator.counts.refreshes == 0)
        }

        @Test(.stage) func `the key stays the same, and each profile has its own`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.add("real", sharing: "p")
            let file = stage.tool.directory.appendingPathComponent("key").path
            var keys: [[String]] = []
            for _ in 0..<2 {
                try await proxy(["p", "real", "p", "--key-file", file]) { announcement, _ in
                    #expect(announcement.profiles.map(\.key_file) == ["\(file).p", "\(file).real"])
                    keys.append(
                        try announcement.profiles.map { try String(contentsOfFile: $0.key_file, encoding: .utf8) }
                    )
                    let urls = announcement.profiles.map { "\($0.url)/v3/brokerage/accounts" }
                    let last = keys[keys.count - 1].map { String($0.dropLast()) }
                    #expect(try await curl(urls[0], key: last[0]).hasSuffix("\n200"))
                    #expect(try await curl(urls[1], key: last[1]).hasSuffix("\n200"))
                    #expect(try await curl(urls[1], key: last[0]).hasSuffix("\n403"))
                }
            }
            #expect(keys[0] == keys[1])
            #expect(keys[0][0] != keys[0][1])
        }

        @Test(.stage) func `what the proxy prints can be pasted, and contains no key`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let running = try stage.tool.start(["proxy", "p"])
            var (output, errors) = (running.outputLines.makeAsyncIterator(), running.errorLines.makeAsyncIterator())
            let line = try #require(await output.next())
            let note = try #require(await errors.next())
            #expect(line.hasPrefix("http://127.0.0.1:") && line.contains("/p  key: "))
            #expect(note.hasPrefix("Try: "))
            let pasted = try await stage.tool.shell(String(note.dropFirst(5)))
            #expect(pasted.output.contains("SIM1100001M"))
            let arguments = try String(contentsOfFile: "/proc/\(running.processID)/cmdline", encoding: .utf8)
            running.signal(SIGINT)
            let result = await running.result()
            #expect(result.status == 0)
            let path = try #require(line.components(separatedBy: "key: ").last)
            let key = try String(contentsOfFile: path, encoding: .utf8).dropLast()
            #expect(!(result.output + result.errors + arguments).contains(key))
        }

        @Test(.stage) func `serve forwards requests, too, for profiles that are added later as well`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let serving = try stage.tool.start(["serve", "--listen", "127.0.0.1:0"])
            var lines = serving.errorLines.makeAsyncIterator()
            var note = ""
            while !note.hasPrefix("Forwarding"), let line = await lines.next() { note = line }
            let url = try #require(note.split(separator: " ").first { $0.hasPrefix("http") }).dropLast(6)
            try await stage.add("real", sharing: "p")
            for profile in ["p", "real"] {
                let path = "\(stage.tool.store)/proxy/\(profile).key"
                let end = ContinuousClock.now + .seconds(120)
                while !FileManager.default.fileExists(atPath: path), ContinuousClock.now < end { await Task.yield() }
                let key = try String(contentsOfFile: path, encoding: .utf8).dropLast()
                var answer = ""
                while !answer.hasSuffix("\n200"), ContinuousClock.now < end {
                    answer = try await curl("\(url)/\(profile)/v3/brokerage/accounts", key: String(key))
                }
                #expect(answer.hasSuffix("\n200"))
            }
            serving.signal(SIGTERM)
            #expect(await serving.result().status == 0)
        }

        @Test(
            .stage,
            arguments: ["0.0.0.0:8080", "192.168.1.2:80", "[::]:80", "8080", "127.0.0.1", "127.0.0.1:70000", ":1"]
        )
        func `an address that other machines could reach is refused`(_ address: String) async throws {
            let result = try await Stage.current.tool.run("proxy", "p", "--listen", address)
            #expect(result.status == 64)
            #expect(result.output.isEmpty)
        }

        @Test(.stage) func `a port in use, a missing profile and a bad key file end the command`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await proxy(["p"]) { announcement, _ in
                let port = try #require(
                    announcement.profiles[0].url.split(separator: ":")[2].split(separator: "/").first
                )
                let second = try await stage.tool.run("proxy", "p", "--listen", "127.0.0.1:\(port)")
                #expect(second.status == 73)
                #expect(second.errors.contains("--listen 127.0.0.1:0"))
            }
            #expect(try await stage.tool.run("proxy", "other").status == 66)
            let file = stage.tool.directory.appendingPathComponent("text").path
            try Data("hello".utf8).write(to: URL(fileURLWithPath: file))
            #expect(try await stage.tool.run("proxy", "p", "--key-file", file).status == 78)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
            #expect(try await stage.tool.run("proxy", "p", "--key-file", file).status == 64)
        }
    }
}
