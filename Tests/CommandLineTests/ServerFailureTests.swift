import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct ServerFailureTests {
        /// A server failure and its expected results.
        struct Failure: Sendable, CustomTestStringConvertible {
            let name: String
            let action: EmulatorFault.Action
            let code: String
            let status: Int32
            let state: String
            var requests = 1
            var testDescription: String { name }
        }

        static let transient: [Failure] = [
            Failure(
                name: "429 with Retry-After",
                action: .respond(status: 429, headers: ["Retry-After": "1"], body: #"{"error":"too_many_requests"}"#),
                code: "rate_limited",
                status: 75,
                state: "degraded"
            ),
            Failure(
                name: "502 with HTML",
                action: .respond(status: 502, headers: ["Content-Type": "text/html"], body: "<html>"),
                code: "server_error",
                status: 69,
                state: "degraded"
            ),
            Failure(
                name: "200 with HTML",
                action: .respond(status: 200, headers: ["Content-Type": "text/html"], body: "<html>"),
                code: "server_error",
                status: 69,
                state: "degraded",
                requests: 3
            ),
            Failure(
                name: "truncated JSON",
                action: .respond(status: 200, headers: [:], body: #"{"access_token":"abc"#),
                code: "server_error",
                status: 69,
                state: "degraded",
                requests: 3
            ),
            Failure(
                name: "400 with an empty body",
                action: .respond(status: 400, headers: [:], body: ""),
                code: "server_error",
                status: 69,
                state: "degraded"
            ),
            Failure(
                name: "a closed connection",
                action: .close,
                code: "server_unreachable",
                status: 69,
                state: "degraded",
                requests: 3
            ),
            Failure(
                name: "a redirect",
                action: .respond(status: 307, headers: ["Location": "http://127.0.0.1:9/"], body: ""),
                code: "server_error",
                status: 69,
                state: "degraded"
            ),
        ]

        @Test(.stage, arguments: transient)
        func `a transient failure has its own code, does not change the tokens, and the next call recovers`(
            _ failure: Failure
        ) async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            let sealed = try await stage.tool.sql("SELECT hex(sealed) FROM secret WHERE kind = 'refresh_token'")
                .line
            stage.emulator.script([
                EmulatorFault(at: .token, when: .before, failure.action, times: failure.requests)
            ])
            let failed = try await stage.tool.run("token", "p", "--json")
            #expect(failed.status == failure.status)
            #expect(failed.output.isEmpty)
            #expect(failed.errors.contains("\"code\":\"\(failure.code)\""))
            #expect(failed.errors.split(separator: "\n").count == 1)
            #expect(stage.emulator.counts.refreshes == failure.requests)
            #expect(try await stage.tool.sql("SELECT state FROM profile_status").line == failure.state)
            #expect(
                try await stage.tool.sql("SELECT hex(sealed) FROM secret WHERE kind = 'refresh_token'").line
                    == sealed
            )
            #expect(
                try await stage.tool.sql("SELECT count(*) FROM refresh_history").line == String(failure.requests)
            )
            let recovered = try await stage.tool.run("token", "p")
            #expect(recovered.status == 0, "\(recovered.errors)")
            #expect(try await stage.tool.sql("SELECT state FROM profile_status").line == "ready")
        }

        @Test(.stage) func `an unreachable server is reported as such, and no request counts as sent`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            await stage.emulator.stop()
            let failed = try await stage.tool.run("token", "p")
            #expect(failed.status == 69)
            #expect(failed.errors.contains("[server_unreachable]"))
            #expect(failed.errors.contains("Try:"))
            #expect(
                try await stage.tool.sql("SELECT state, last_error FROM profile_status").line
                    == "degraded|server_unreachable"
            )
            #expect(
                try await stage.tool.sql("SELECT result, retry_no FROM refresh_history").line == "refresh_failed|0"
            )
        }

        @Test(.stage) func `invalid_grant with 403 requires a sign-in, and the refresh token is kept`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            stage.emulator.script([
                EmulatorFault(
                    at: .token,
                    when: .before,
                    .respond(
                        status: 403,
                        headers: [:],
                        body: #"{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}"#
                    )
                )
            ])
            let failed = try await stage.tool.run("token", "p", "--json")
            #expect(failed.status == 77)
            #expect(failed.errors.contains("\"code\":\"login_required\""))
            #expect(failed.errors.contains("tsaccounts login p"))
            #expect(try await stage.tool.sql("SELECT state FROM profile_status").line == "needs_login")
            #expect(
                try await stage.tool.sql("SELECT count(*) FROM secret WHERE kind = 'refresh_token'").line == "1"
            )
            let sent = stage.emulator.counts.exchanges
            #expect(try await stage.tool.run("token", "p").status == 77)
            #expect(try await stage.tool.run("refresh", "p").status == 77)
            #expect(stage.emulator.counts.exchanges == sent)
            #expect(try await stage.tool.run("status").status == 77)
        }

        @Test(.stage) func `invalid_grant requires a sign-in even if the answer contains a refresh token`() async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            stage.emulator.script([
                EmulatorFault(
                    at: .token,
                    when: .before,
                    .respond(
                        status: 400,
                        headers: [:],
                        body: #"{"error":"invalid_grant","refresh_token":"an-echo"}"#
                    )
                )
            ])
            #expect(try await stage.tool.run("token", "p").status == 77)
            #expect(
                try await stage.tool.sql("SELECT state, generation FROM profile_status").line == "needs_login|1"
            )
        }

        @Test(.stage) func `tokens of another user are kept but never returned`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            let claims = Data(#"{"sub":"auth0|another-user"}"#.utf8).base64EncodedString()
                .replacing("=", with: "")
            stage.emulator.script([
                EmulatorFault(
                    at: .token,
                    when: .before,
                    .respond(
                        status: 200,
                        headers: [:],
                        body: #"{"access_token":"h.\#(claims).s","token_type":"Bearer","expires_in":1200}"#
                    )
                )
            ])
            let refused = try await stage.tool.run("token", "p", "--json")
            #expect(refused.status == 77)
            #expect(refused.errors.contains("\"code\":\"wrong_user\""))
            #expect(try await stage.tool.sql("SELECT state FROM profile_status").line == "held")
            // Nothing of it looks usable.
            let page = try await stage.tool.run("show", "p").output
            #expect(page.contains("not used, because the sign-in is on hold"))
            for command in [["show", "p"], ["list"], ["status"]] {
                #expect(try await !stage.tool.run(command).output.contains(" left"))
                let json = try await stage.tool.run(command + ["--json"]).output
                #expect(json.contains(#""access_expires_at":null,"access_expires_in_seconds":null"#))
            }
            #expect(try await stage.tool.run("token", "p").status == 77)
            #expect(stage.emulator.counts.refreshes == 1)
            let running = try stage.tool.start(["login", "p"])
            try await stage.signIn(running)
            #expect(await running.result().status == 0)
            #expect(try await stage.tool.run("token", "p").status == 0)
        }

        @Test(.stage) func `a 401 marks the API key as refused, and the right secret fixes it`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            #expect(try await stage.tool.run(["set", "p", "--secret-file", "-"], input: "wrong\n").status == 0)
            let failed = try await stage.tool.run("token", "p", "--json")
            #expect(failed.status == 78)
            #expect(failed.errors.contains("\"code\":\"client_rejected\""))
            #expect(try await stage.tool.sql("SELECT state FROM profile_status").line == "bad_client")
            let sent = stage.emulator.counts.exchanges
            #expect(try await stage.tool.run("token", "p").status == 78)
            #expect(stage.emulator.counts.exchanges == sent)
            // The refresh command sends a request anyway.
            #expect(try await stage.tool.run("refresh", "p").status == 78)
            #expect(stage.emulator.counts.exchanges == sent + 1)
            let right = stage.emulator.addresses.clientSecret
            #expect(try await stage.tool.run(["set", "p", "--secret-file", "-"], input: right).status == 0)
            #expect(try await stage.tool.run("token", "p").status == 0)
        }

        @Test(.stage, .timeLimit(.minutes(20)))
        func `the third equal refusal that no standard defines suggests a sign-in, in the error, status and serve`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            let refusal = EmulatorFault.Action.respond(status: 403, headers: [:], body: #"{"error":"odd_error"}"#)
            stage.emulator.script([EmulatorFault(at: .token, when: .before, refusal, times: 1_000)])
            for code in ["server_error", "server_error", "refused_repeatedly"] {
                let refused = try await stage.tool.run("refresh", "p")
                #expect(refused.status == 69)
                #expect(refused.errors.contains("[\(code)]"))
                #expect(refused.errors.contains("Try: tsaccounts login p") == (code == "refused_repeatedly"))
            }
            let status = try await stage.tool.run("status")
            #expect(status.status == 75)
            #expect(status.errors.contains("Try: tsaccounts login p"))
            let serving = try stage.tool.start(["serve"])
            let note = await serving.errorLines.first { $0.contains("[refused_repeatedly]") }
            #expect(note?.hasSuffix("Try: tsaccounts login p") == true)
            serving.signal(SIGTERM)
            #expect(await serving.result().status == 0)
        }

        @Test(.stage) func `with a static key, a server that does not answer gets three requests, each with a timeout`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            #expect(try await stage.tool.run("refresh", "p").status == 0)
            try await stage.age()
            stage.emulator.script([EmulatorFault(at: .token, when: .before, .hang(seconds: 600), times: 3)])
            let failed = try await stage.tool.run("token", "p", "--exchange-timeout", "0.3", "--timeout", "600")
            #expect(failed.status == 69)
            #expect(failed.errors.contains("[server_unreachable]"))
            #expect(stage.emulator.counts.refreshes == 4)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `a rotated token is not lost when the answer is later than the exchange timeout`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 3))])
            let late = try await stage.tool.run("token", "p", "--exchange-timeout", "0.2", "--timeout", "600")
            #expect(late.status == 0)
            #expect(stage.emulator.counts.refreshes == 1)
        }
    }
}
