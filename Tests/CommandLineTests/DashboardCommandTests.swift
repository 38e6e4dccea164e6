import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite(.timeLimit(.minutes(10))) struct DashboardCommandTests {
        /// Sends a request without following redirects.
        private func get(_ url: String, _ fields: [(String, String)] = []) async throws -> (HTTPClientResponse, String)
        {
            var configuration = HTTPClient.Configuration()
            configuration.redirectConfiguration = .disallow
            let client = HTTPClient(configuration: configuration)
            do {
                var request = HTTPClientRequest(url: url)
                request.headers = HTTPHeaders(fields)
                let response = try await client.execute(request, timeout: .seconds(60))
                let body = String(buffer: try await response.body.collect(upTo: 1 << 22))
                try await client.shutdown()
                return (response, body)
            } catch {
                try await client.shutdown()
                throw error
            }
        }

        /// Opens the link of a running command, and returns the page's address and the field with the cookie.
        private func open(_ link: String) async throws -> (page: String, cookie: (String, String)) {
            let (response, _) = try await get(link)
            #expect(response.status == .seeOther)
            let path = try #require(response.headers["location"].first)
            let cookie = try #require(response.headers["set-cookie"].first)
            let origin = try #require(link.components(separatedBy: "/open/").first)
            return (origin + path, ("Cookie", String(cookie.prefix { $0 != ";" })))
        }

        @Test(.stage) func `the link opens the page once, and Ctrl-C ends it with 0`() async throws {
            let stage = try Stage.current
            try await stage.add("swing")
            let token = try await stage.tool.run("token", "swing").line
            let running = try stage.tool.start(["dashboard", "--no-browser"])
            let link = try #require(await running.url())
            let (page, cookie) = try await open(link)
            #expect(try await get(link).0.status == .forbidden)
            #expect(try await get(page).0.status == .forbidden)
            let (response, text) = try await get(page, [cookie])
            #expect(response.status == .ok)
            #expect(response.headers["content-security-policy"].first?.hasPrefix("default-src 'none'") == true)
            #expect(text.contains("<strong>swing</strong>"))
            #expect(text.contains("1 of 1 ready"))
            for secret in [token, stage.emulator.addresses.clientSecret, cookie.1] { #expect(!text.contains(secret)) }
            #expect(try await get(page, [cookie, ("Origin", "https://evil.example")]).0.status == .forbidden)
            let rebound = try await get(page, [cookie, ("Host", "evil.example")])
            #expect(rebound.0.status == .misdirectedRequest)
            #expect(!rebound.1.contains("swing"))
            running.signal(SIGINT)
            let result = await running.result()
            #expect(result.status == 0)
            #expect(result.output.isEmpty)
            #expect(!result.errors.contains(token))
        }

        @Test(.stage) func `the browser is started with a private file, and not with the link`() async throws {
            let stage = try Stage.current
            try await stage.add("swing")
            let opened = stage.tool.directory.appendingPathComponent("opened").path
            let opener = stage.tool.directory.appendingPathComponent("opener").path
            try "#!/bin/sh\nprintf '%s\\n' \"$1\" > \(opened).part && mv \(opened).part \(opened)\n"
                .write(toFile: opener, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: opener)
            var tool = stage.tool
            tool.environment["BROWSER"] = opener
            let running = try tool.start(["dashboard"])
            let link = try #require(await running.url())
            while !FileManager.default.fileExists(atPath: opened) { await Task.yield() }
            let address = try String(contentsOfFile: opened, encoding: .utf8)
            #expect(address.hasPrefix("file:///"))
            let file = try #require(URL(string: address.trimmingCharacters(in: .newlines))?.path)
            #expect(try String(contentsOfFile: file, encoding: .utf8).contains(link))
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            running.signal(SIGTERM)
            #expect(await running.result().status == 0)
            #expect(!FileManager.default.fileExists(atPath: file))
        }

        @Test(.stage) func `serve --dashboard prints a link, and keeps the profiles fresh`() async throws {
            let stage = try Stage.current
            try await stage.add("swing")
            let running = try stage.tool.start(["serve", "--dashboard"])
            let (page, cookie) = try await open(try #require(await running.url()))
            #expect(try await get(page, [cookie]).1.contains("<strong>swing</strong>"))
            running.signal(SIGTERM)
            let result = await running.result()
            #expect(result.status == 0)
            #expect(result.errors.contains("Keeping 1 profile fresh: swing."))
        }

        @Test(.stage) func `with --json the link is an object on standard output`() async throws {
            let stage = try Stage.current
            try await stage.add("swing")
            let running = try stage.tool.start(["dashboard", "--no-browser", "--json"])
            var lines = running.outputLines.makeAsyncIterator()
            let line = try #require(await lines.next())
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
            #expect(object?["url"]?.hasPrefix("http://127.0.0.1:") == true)
            running.signal(SIGINT)
            #expect(await running.result().status == 0)
        }

        @Test(.tool) func `without a store it says so`() async throws {
            let result = try await Tool.current.run("dashboard", "--no-browser")
            #expect(result.status == 78)
            #expect(result.errors.contains("store_missing"))
        }
    }
}
