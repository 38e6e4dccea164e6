import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct ExecRequestTests {
        /// Runs a Python script on the profile `p`.
        private static func python(_ script: String) -> [String] { ["exec", "p", "--", "python3", "-c", script] }

        @Test(.stage) func `a program reaches the profile's own host by TradeStation's name`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let script = """
                import urllib.request
                request = urllib.request.Request("https://sim-api.tradestation.com/v3/brokerage/accounts")
                request.add_header("Authorization", "Bearer made-up")
                print(urllib.request.urlopen(request).read().decode())
                """
            let result = try await stage.tool.run(Self.python(script))
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("\"Accounts\""))
        }

        @Test(.stage) func `a program of a simulator profile that asks for real money is refused, and nothing is sent`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            let before = stage.emulator.counts
            let script = """
                import urllib.error, urllib.request
                for method in ["GET", "POST"]:
                    data = b'{"AccountID": "1"}' if method == "POST" else None
                    path = "/v3/orderexecution/orders" if data else "/v3/brokerage/accounts"
                    request = urllib.request.Request("https://api.tradestation.com" + path, data, method=method)
                    try:
                        urllib.request.urlopen(request)
                    except urllib.error.HTTPError as error:
                        print(error.code, error.headers["X-TSAccounts"], error.read().decode())
                """
            let result = try await stage.tool.run(Self.python(script))
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == 2, "\(result.errors)")
            #expect(lines.allSatisfy { $0.hasPrefix("403 fenced ") && $0.contains("\"Message\"") })
            #expect(stage.emulator.counts == before)
            let rows = try await stage.tool.sql("SELECT detail FROM audit WHERE event = 'fenced'")
            #expect(rows.line.split(separator: "\n").count == 2)
            #expect(rows.line.contains("api.tradestation.com"))
        }

        @Test(.stage(EmulatorConfiguration(accessTokenSeconds: 1200, rotate: true, overlapSeconds: 0)))
        func `a program that refreshes takes part in the exchange of the login and gets no refresh token`() async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            let script = """
                import json, urllib.parse, urllib.request
                form = urllib.parse.urlencode({"grant_type": "refresh_token", "refresh_token": "made-up",
                    "client_id": "\(stage.emulator.addresses.clientID)", "client_secret": "made-up"}).encode()
                for _ in range(3):
                    reply = json.load(urllib.request.urlopen("https://signin.tradestation.com/oauth/token", form))
                    print(sorted(reply), reply["token_type"], len(reply["access_token"].split(".")))
                """
            let result = try await stage.tool.run(Self.python(script))
            let lines = Set(result.output.split(separator: "\n"))
            #expect(lines == ["['access_token', 'expires_in', 'id_token', 'scope', 'token_type'] Bearer 3"])
            #expect(stage.emulator.counts.refreshes == 1)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true, overlapSeconds: 0)))
        func `tsaccounts inside of a run refreshes at the sign-in server itself`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            let inside = try await stage.tool.run("exec", "p", "--", Tool.binary.path, "token", "p")
            #expect(inside.status == 0, "\(inside.errors)")
            #expect(inside.line == (try await stage.tool.run("token", "p").line))
            #expect(stage.emulator.counts.refreshes == 1)
        }

        // MARK: The end of either side

        @Test(.stage) func `when tsaccounts is killed, the requests of the program fail`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let script = """
                import os, sys, time, urllib.error, urllib.request
                parent = os.getppid()
                print("ready", flush=True)
                while os.getppid() == parent:
                    time.sleep(0.02)
                for url in [os.environ["TSACCOUNTS_API_URL"], "https://api.tradestation.com"]:
                    try:
                        urllib.request.urlopen(url + "/v3/brokerage/accounts")
                    except urllib.error.URLError as error:
                        print(type(error.reason).__name__, flush=True)
                """
            let running = try stage.tool.start(Self.python(script))
            for await line in running.outputLines where line == "ready" { break }
            let before = stage.emulator.counts
            running.signal(SIGKILL)
            let result = await running.result()
            #expect(
                result.output.split(separator: "\n") == ["ready", "ConnectionRefusedError", "ConnectionRefusedError"]
            )
            #expect(stage.emulator.counts == before)
        }

        @Test(.stage) func `a program that leaves a process behind ends the run, and that process loses the proxy`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            let script = """
                import os, sys, time, urllib.error, urllib.request
                url = os.environ["TSACCOUNTS_API_URL"] + "/v3/brokerage/accounts"
                print(urllib.request.urlopen(url).status, flush=True)
                if os.fork():
                    os._exit(3)
                while True:
                    try:
                        urllib.request.urlopen(url)
                    except OSError:
                        print("lost", flush=True)
                        break
                    time.sleep(0.02)
                """
            let result = try await stage.tool.run(Self.python(script))
            #expect(result.status == 3)
            #expect(result.output == "200\nlost\n")
        }

        @Test(.stage) func `without a network the program starts, and its requests are answered 503`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            stage.emulator.script([
                EmulatorFault(at: .token, when: .before, .respond(status: 503, headers: [:], body: "{}"), times: 20)
            ])
            let script = """
                import os, urllib.error, urllib.request
                try:
                    urllib.request.urlopen(os.environ["TSACCOUNTS_API_URL"] + "/v3/brokerage/accounts")
                except urllib.error.HTTPError as error:
                    print(error.code, error.headers["Retry-After"] is not None)
                """
            let result = try await stage.tool.run(Self.python(script))
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.line == "503 True")
        }
    }
}
