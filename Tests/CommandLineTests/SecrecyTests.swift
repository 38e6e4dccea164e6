import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct SecrecyTests {
        private static let secret = "canary-client-secret-7b1f"

        /// Searches the output of every run for secrets, except the output of `token`, which is a token.
        @Test(.stage(EmulatorConfiguration(rotate: true, clientSecret: secret)))
        func `secrets of the test are in no file, no output and no error`() async throws {
            let (stage, secret) = (try Stage.current, Self.secret)
            var output = ""
            var canaries = [secret]
            func keep(_ result: Tool.Result) { output += result.output + result.errors }
            keep(try await stage.add("p", options: ["-v"]))
            for _ in 0..<3 {
                try await stage.age()
                let token = try await stage.tool.run("token", "p", "-v")
                canaries.append(token.line)
                output += token.errors
            }
            stage.emulator.script([
                EmulatorFault(
                    at: .token,
                    when: .before,
                    .respond(
                        status: 200,
                        headers: [:],
                        body:
                            #"{"access_token":"canary-access-1","refresh_token":"canary-refresh-1","id_token":"canary-id-1","token_type":"Bearer","expires_in":1200}"#
                    )
                ),
                EmulatorFault(
                    at: .token,
                    when: .before,
                    .respond(
                        status: 400,
                        headers: [:],
                        body:
                            #"{"error":"invalid_request","error_description":"bad token canary-refresh-1 and secret \#(secret)"}"#
                    )
                ),
                EmulatorFault(
                    at: .token,
                    when: .before,
                    .respond(
                        status: 200,
                        headers: [:],
                        body: #"{"access_token":"canary-access-2","token_type":"MAC"#
                    ),
                    times: 3
                ),
            ])
            canaries += ["canary-access-1", "canary-refresh-1", "canary-id-1", "canary-access-2"]
            keep(try await stage.tool.run("refresh", "p", "-v", "--json"))
            #expect(try await stage.tool.run("token", "p").line == "canary-access-1")
            keep(try await stage.tool.run("refresh", "p", "-v", "--json"))
            keep(try await stage.tool.run("refresh", "p", "-v"))
            for command in [
                ["list"], ["show"], ["status"], ["audit"], ["audit", "verify"], ["list", "--json"],
                ["show", "--json"],
                ["audit", "--json"], ["revoke", "p"], ["remove", "p"], ["logout", "p", "-v"],
            ] {
                keep(try await stage.tool.run(command))
            }
            keep(try await stage.tool.sql(".dump"))
            let url = output.split(separator: "\n").first { $0.hasPrefix("http") }
            #expect(url?.contains("client_secret") == false)
            for canary in canaries {
                #expect(!output.contains(canary), "in the output: \(canary.prefix(24))")
                let found = try await stage.tool.shell("grep -raFl -- '\(canary)' store || true")
                #expect(found.output.isEmpty, "\(canary.prefix(24)) in \(found.output)")
            }
            #expect(output.contains("client_rejected"))
        }
    }
}
