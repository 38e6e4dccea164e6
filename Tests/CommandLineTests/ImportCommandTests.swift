import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct ImportCommandTests {
        /// A refresh token that another program has obtained.
        private func refreshToken(_ stage: Stage) async throws -> String {
            let (addresses, callback) = (stage.emulator.addresses, "http://localhost:\(stage.port)")
            let person = addresses.users[0]
            let redirect = try await EmulatedBrowser().redirect(
                at: addresses.authorizeURL + "?response_type=code&client_id=\(addresses.clientID)&state=s"
                    + "&audience=https%3A%2F%2Fapi.tradestation.com&redirect_uri=\(callback)"
                    + "&scope=openid%20offline_access%20ReadAccount",
                username: person.username,
                password: person.password
            )
            let code = try #require(redirect.firstMatch(of: #/code=([^&]+)/#)).1
            var request = HTTPClientRequest(url: addresses.tokenURL)
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(
                ByteBuffer(
                    string: "grant_type=authorization_code&client_id=\(addresses.clientID)&code=\(code)"
                        + "&client_secret=\(addresses.clientSecret)&redirect_uri=\(callback)"
                )
            )
            let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
            let body = String(buffer: try await answer.body.collect(upTo: 1 << 20))
            return String(try #require(body.firstMatch(of: #/"refresh_token": *"([^"]+)"/#), "\(body)").1)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)), arguments: ["python-sdk", "env", "token-file"])
        func `a sign-in of another program becomes a profile, and its file is only read`(_ format: String) async throws
        {
            let stage = try Stage.current
            let addresses = stage.emulator.addresses
            let (id, secret) = (addresses.clientID, addresses.clientSecret)
            let token = try await refreshToken(stage)
            var options = stage.endpoints + ["--api-url", addresses.simURL]
            let text: String
            switch format {
            case "python-sdk":
                text = """
                    {"base_url": "https://sim-api.tradestation.com/v3", "api_key": "\(id)", "secret_key": "\(secret)",
                     "access_token": "a", "refresh_token": "\(token)", "id_token": null, "token_lifetime": 1200,
                     "is_test": true}
                    """
            case "env":
                text = """
                    # my bot
                    export TS_CLIENT_ID=\(id)   # the API key
                    TRADESTATION_API_SECRET = "\(secret)"

                    REFRESH_TOKEN='\(token)'\r
                    """
                options += ["--sim"]
            default:
                text = """
                    {"access_token_issued": "2026-11-28T10:00:00+00:00", "refresh_token_issued": "2026-11-28",
                     "token_dictionary": {"refresh_token": "\(token)", "access_token": "a", "expires_in": 1200}}
                    """
                options += ["--sim", "--client-id", id, "--secret-file", "-"]
            }
            let file = stage.tool.directory.appendingPathComponent("tokens")
            try Data(text.utf8).write(to: file)
            let result = try await stage.tool.run(["import", format, file.path] + options, input: secret)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.contains("must stop refreshing"))
            #expect(!result.errors.contains(token))
            #expect(!result.errors.contains(secret))
            #expect(try Data(contentsOf: file) == Data(text.utf8))
            #expect(try await stage.tool.sql("SELECT environment FROM profile WHERE name = 'main'").line == "sim")
            #expect(try await stage.tool.sql("SELECT client_auth FROM api_key").line == "post")
            #expect(stage.emulator.counts.refreshes == 1)
            #expect(try await stage.tool.run("token", "main").status == 0)
        }

        @Test(.stage) func `variables can be imported from standard input, under another name`() async throws {
            let stage = try Stage.current
            let addresses = stage.emulator.addresses
            let result = try await stage.tool.run(
                ["import", "env", "-", "--as", "swing", "--api-url", addresses.liveURL] + stage.endpoints,
                input: "PATH=/bin\nCLIENT_ID=\(addresses.clientID)\nCLIENT_SECRET=\(addresses.clientSecret)\n"
                    + "REFRESH_TOKEN=\(try await refreshToken(stage))\n"
            )
            #expect(result.status == 0, "\(result.errors)")
            #expect(try await stage.tool.run("token", "swing").status == 0)
        }

        @Test(
            .tool,
            arguments: [
                ("env", "CLIENT_ID=x", "refresh token"), ("python-sdk", "{\"api_key\":\"x\"}", "refresh token"),
                ("token-file", "{\"refresh_token\":\"x\"}", "--client-id ID"),
                ("token-file", "[]", "not a JSON object"),
                ("python-sdk", "", "not a JSON object"), ("env", "", "refresh token"),
            ]
        )
        func `a file without what is needed is refused, and nothing is stored`(
            _ format: String,
            _ text: String,
            _ reason: String
        ) async throws {
            let tool = try Tool.current
            let result = try await tool.run(["import", format, "-"], input: text)
            #expect(result.status == 64)
            #expect(result.errors.contains(reason), "\(result.errors)")
            #expect(!FileManager.default.fileExists(atPath: tool.store))
        }
    }
}
