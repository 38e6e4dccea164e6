import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct AddProfileCommandTests {
        @Test(.stage) func `the sign-in URL is alone on its line, and the profile exists afterwards`() async throws {
            let stage = try Stage.current
            let result = try await stage.add("swing", environment: "--live")
            #expect(result.output.isEmpty)
            let urls = result.errors.split(separator: "\n").filter { $0.hasPrefix("http") }
            #expect(urls.count == 1)
            #expect(urls[0].contains("prompt=login"))
            #expect(urls[0].contains("code_challenge_method=S256"))
            #expect(!urls[0].contains(" "))
            let list = try await stage.tool.run("list")
            #expect(list.output.contains("swing"))
            #expect(list.output.contains(stage.emulator.addresses.users[0].username))
            #expect(try await stage.tool.run("status").status == 0)
        }

        @Test(.stage) func `a declined sign-in leaves no profile, login or key`() async throws {
            let stage = try Stage.current
            let arguments =
                ["add", "profile", "p", "--client-id", stage.emulator.addresses.clientID, "--secret-file", "-"]
                + ["--redirect-port", String(stage.port)] + stage.endpoints
            let running = try stage.tool.start(arguments, input: stage.emulator.addresses.clientSecret)
            try await stage.signIn(running, declines: true)
            let result = await running.result()
            #expect(result.status == 77)
            #expect(result.errors.contains("[login_denied]"))
            try await expectEmpty(stage)
        }

        @Test(.stage) func `a wrong secret leaves no row`() async throws {
            let stage = try Stage.current
            let arguments =
                ["add", "profile", "p", "--client-id", stage.emulator.addresses.clientID, "--secret-file", "-"]
                + ["--redirect-port", String(stage.port)] + stage.endpoints
            let running = try stage.tool.start(arguments, input: "wrong-secret")
            try await stage.signIn(running)
            let result = await running.result()
            #expect(result.status == 78)
            #expect(result.errors.contains("[client_rejected]"))
            try await expectEmpty(stage)
        }

        @Test(.stage) func `a public client signs in without a secret`() async throws {
            let stage = try Stage.current
            let arguments =
                ["add", "profile", "p", "--client-id", stage.emulator.addresses.publicClientID]
                + ["--redirect-port", String(stage.port)] + stage.endpoints
            let running = try stage.tool.start(arguments)
            try await stage.signIn(running)
            #expect(await running.result().status == 0)
            try await stage.age()
            #expect(try await stage.tool.run("token", "p").status == 0)
        }

        @Test(.stage) func `the secret can be sent in the Authorization header`() async throws {
            let stage = try Stage.current
            try await stage.add("p", options: ["--client-auth", "basic", "--pkce", "off", "--nonce", "off"])
            try await stage.age()
            #expect(try await stage.tool.run("token", "p").status == 0)
        }

        @Test(.stage) func `a refresh token from a file is verified by one exchange`() async throws {
            let stage = try Stage.current
            try await stage.add("source")
            let secretFile = stage.tool.directory.appendingPathComponent("secret")
            try Data("\(stage.emulator.addresses.clientSecret)\n".utf8).write(to: secretFile)
            let arguments =
                [
                    "add", "profile", "p", "--client-id", stage.emulator.addresses.clientID, "--secret-file",
                    secretFile.path,
                ]
                + ["--refresh-token-file", "-"] + stage.endpoints
            var other = Tool(directory: stage.tool.directory.appendingPathComponent("other"))
            try FileManager.default.createDirectory(at: other.directory, withIntermediateDirectories: true)
            other.environment = [:]
            let bad = try await other.run(arguments, input: "not-a-token\n")
            #expect(bad.status == 77)
            #expect(
                try await other.sql(
                    "SELECT (SELECT count(*) FROM profile) + (SELECT count(*) FROM login) + (SELECT count(*) FROM api_key)"
                ).line == "0"
            )
            #expect(stage.emulator.counts.refreshes == 1)
        }

        @Test(.stage) func `with --no-input the error names the options that replace a sign-in`() async throws {
            let stage = try Stage.current
            let result = try await stage.tool.run(
                ["add", "profile", "p", "--client-id", "x", "--no-input", "--json"] + stage.endpoints
            )
            #expect(result.status == 64)
            #expect(result.output.isEmpty)
            #expect(result.errors.contains("\"code\":\"input_required\""))
            #expect(result.errors.contains("--refresh-token-file"))
        }

        @Test(.stage) func `a profile can be saved without a sign-in`() async throws {
            let stage = try Stage.current
            let added = try await stage.tool.run(
                [
                    "add", "profile", "p", "--client-id", stage.emulator.addresses.clientID, "--secret-file", "-",
                    "--no-login",
                ]
                    + ["--redirect-port", String(stage.port)] + stage.endpoints,
                input: stage.emulator.addresses.clientSecret
            )
            #expect(added.status == 0, "\(added.errors)")
            #expect(try await stage.tool.run("token", "p").status == 77)
            #expect(stage.emulator.counts.exchanges == 0)
            let running = try stage.tool.start(["login", "p"])
            try await stage.signIn(running)
            #expect(await running.result().status == 0)
            #expect(try await stage.tool.run("token", "p").status == 0)
        }

        @Test(.stage) func `a pasted redirect URL completes the sign-in without a callback`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let (running, address) = try await stage.startPasting()
            running.type("http://localhost:1/?code=x&state=wrong")
            running.type(address)
            let result = await running.result()
            #expect(result.status == 0, "\(result.errors)")
            #expect(try await stage.tool.sql("SELECT generation FROM login").line == "2")
        }

        @Test(.stage) func `a sign-in as another user is refused, and the old tokens are kept`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let before = try await stage.tool.run("token", "p").output
            let running = try stage.tool.start(["login", "p"])
            try await stage.signIn(running, user: 1)
            let result = await running.result()
            #expect(result.status == 77)
            #expect(result.errors.contains("[wrong_user]"))
            #expect(try await stage.tool.run("token", "p").output == before)
        }

        @Test(
            .tool,
            arguments: [
                ["add", "profile", "p", "--sim", "--api-version", "v2", "--client-id", "x"],
                ["add", "profile", "p"], ["add", "profile"], ["add", "thing", "p"],
                ["add", "profile", "p", "--client-id", "x", "--secret-file", "-", "--refresh-token-file", "-"],
                [
                    "add", "profile", "p", "--client-id", "x", "--redirect-uri", "http://localhost:1",
                    "--redirect-port",
                    "1",
                ],
                ["add", "profile", "p", "--client-id", "x", "--same-login-as", "q"],
                ["add", "profile", "../p", "--client-id", "x"], ["add", "profile", "verify", "--client-id", "x"],
                [
                    "add", "profile", "p", "--client-id", "x", "--token-url", "http://example.com/t", "--authorize-url",
                    "https://a.b/",
                ],
                ["add", "profile", "p", "--client-id", "x", "--token-url", "https://example.com/t"],
            ]
        )
        func `invalid arguments are refused with 64 before anything is stored or sent`(_ arguments: [String])
            async throws
        {
            let tool = try Tool.current
            let result = try await tool.run(arguments)
            #expect(result.status == 64, "\(result.errors)")
            #expect(result.output.isEmpty)
            #expect(!result.errors.isEmpty)
        }

        private func expectEmpty(_ stage: Stage) async throws {
            for table in ["profile", "login", "api_key", "secret"] {
                #expect(try await stage.tool.sql("SELECT count(*) FROM \(table)").line == "0", "\(table)")
            }
        }
    }
}
