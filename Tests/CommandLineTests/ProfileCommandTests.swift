import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct ProfileCommandTests {
        private static let keys: Set<String> = [
            "name", "environment", "api_version", "api_url", "client_id", "login_id", "username", "subject", "state",
            "generation", "access_expires_at", "access_expires_in_seconds", "refresh_expires_at", "sign_in_ends_at",
            "refresh_may_expire_at", "sign_in_may_end_at", "last_error", "not_before", "read_only", "accounts",
            "scopes", "try", "client_auth", "pkce", "redirect_uri",
            "authorize_url", "token_url", "revoke_url", "rotation", "idle_seconds", "absolute_seconds",
            "quotas",
        ]

        private func object(_ text: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }

        @Test(.stage) func `list, status and show print the same JSON keys for a profile`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            for command in [["list"], ["list", "profiles"], ["status"], ["status", "p"]] {
                let json = try object(try await stage.tool.run(command + ["--json"]).output)
                let profiles = try #require(json["profiles"] as? [[String: Any]])
                #expect(profiles.count == 1)
                #expect(Set(profiles[0].keys) == Self.keys)
            }
            let shown = try object(try await stage.tool.run("show", "--json").output)
            #expect(Set(shown.keys) == Self.keys)
            #expect(shown["state"] as? String == "ready")
            #expect(shown["generation"] as? Int == 1)
            #expect(shown["username"] as? String == stage.emulator.addresses.users[0].username)
            #expect(shown["subject"] as? String == stage.emulator.addresses.users[0].subject)
            #expect(shown["last_error"] is NSNull)
            #expect(shown["read_only"] as? Bool == false)
            #expect((shown["scopes"] as? [String])?.contains("offline_access") == true)
            #expect(shown["redirect_uri"] as? String == "http://localhost:\(stage.port)")
            #expect(shown["token_url"] as? String == stage.emulator.addresses.tokenURL)
            #expect(shown["rotation"] as? String == "unknown")
            #expect(shown["try"] is NSNull)
        }

        @Test(.tool) func `an empty store lists no profiles`() async throws {
            let tool = try Tool.current
            try await tool.makeStore()
            #expect(try await tool.run("remove", "first", "--yes").status == 0)
            let list = try await tool.run("list", "--json")
            #expect(list.status == 0)
            #expect(list.line == #"{"profiles":[]}"#)
            #expect(try await tool.run("status").status == 0)
            let token = try await tool.run("token", "swing", "--json")
            #expect(token.status == 66)
            #expect(token.output.isEmpty)
            #expect(token.errors.contains("\"code\":\"profile_not_found\""))
        }

        @Test(.tool) func `shared options are accepted before and after the command`() async throws {
            let tool = try Tool.current
            let elsewhere = tool.directory.appendingPathComponent("elsewhere").path
            for arguments in [
                ["--store", elsewhere, "--json", "add", "profile", "p", "--sim", "--client-id", "c", "--no-login"],
                ["--json", "--store", elsewhere, "list"], ["list", "--store", elsewhere, "--json"],
                ["--store", elsewhere, "list", "--json"], ["--json", "audit", "--store", elsewhere, "verify"],
                ["audit", "--json", "verify", "--store=\(elsewhere)", "-q", "-v", "--no-input", "--timeout", "5"],
            ] {
                let result = try await tool.run(arguments)
                #expect(result.status == 0, "\(arguments): \(result.errors)")
                #expect(result.output.hasPrefix("{"))
            }
            #expect(FileManager.default.fileExists(atPath: elsewhere + "/accounts.db"))
            #expect(!FileManager.default.fileExists(atPath: tool.database))
        }

        @Test(.stage) func `rename, remove and logout change the store as documented`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.add("q", user: 1)
            #expect(try await stage.tool.run("rename", "p", "Q").status == 73)
            #expect(try await stage.tool.run("rename", "p", "main").status == 0)
            #expect(try await stage.tool.run("token", "p").status == 66)
            let unanswered = try await stage.tool.run("remove", "q")
            #expect(unanswered.status == 64)
            #expect(unanswered.errors.contains("tsaccounts remove q --yes"))
            #expect(try await stage.tool.run("remove", "q", "--yes").status == 0)
            #expect(try await stage.tool.sql("SELECT group_concat(name) FROM profile").line == "main")
            #expect(try await stage.tool.sql("SELECT count(*) FROM login").line == "1")
            #expect(try await stage.tool.run("logout", "main").status == 0)
            #expect(try await stage.tool.sql("SELECT state FROM profile_status").line == "new")
            #expect(try await stage.tool.sql("SELECT group_concat(kind) FROM secret").line == "client_secret")
            #expect(stage.emulator.counts.revocations == 0)
        }

        @Test(.stage) func `revoke asks for confirmation, names every profile of the key, and signs all of them out`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.add("q", user: 1)
            let unanswered = try await stage.tool.run("revoke", "p")
            #expect(unanswered.status == 64)
            #expect(unanswered.errors.contains("  q"))
            #expect(stage.emulator.counts.revocations == 0)
            #expect(try await stage.tool.run("revoke", "p", "--yes").status == 0)
            #expect(stage.emulator.counts.revocations == 2)
            #expect(try await stage.tool.run("token", "q").status == 77)
            #expect(
                try await stage.tool.sql("SELECT group_concat(state) FROM profile_status").line
                    == "needs_login,needs_login"
            )
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `refresh reports each profile, and exits with the worst status`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.add("q", user: 1)
            let all = try object(try await stage.tool.run("refresh", "--all", "--json").output)
            let results = try #require(all["results"] as? [[String: Any]])
            #expect(results.map { $0["outcome"] as? String } == ["refreshed", "refreshed"])
            #expect(
                results.allSatisfy { Set($0.keys) == ["profile", "outcome", "code", "generation", "expires_at"] }
            )
            let due = try object(try await stage.tool.run("refresh", "--all", "--due", "--json").output)
            #expect((due["results"] as? [[String: Any]])?.map { $0["outcome"] as? String } == ["fresh", "fresh"])
            #expect(stage.emulator.counts.refreshes == 2)
            #expect(try await stage.tool.run("logout", "q").status == 0)
            let mixed = try await stage.tool.run("refresh", "p", "q", "--json")
            #expect(mixed.status == 77)
            #expect(mixed.output.contains(#""outcome":"failed","code":"login_required""#))
            #expect(mixed.output.contains(#""outcome":"refreshed""#))
            let quiet = try await stage.tool.run("refresh", "--all", "-q")
            #expect(quiet.status == 77)
            #expect(quiet.errors.hasPrefix("q: The user of this profile is signed out"))
            let nothingDue = try await stage.tool.run("refresh", "--all", "--due", "-q")
            #expect(nothingDue.status == 0)
            #expect(nothingDue.errors.isEmpty)
            let single = try await stage.tool.run("refresh", "q", "--json")
            #expect(single.status == 77)
            #expect(single.output.isEmpty)
        }

        @Test(.stage) func `refresh names one command for each login that a user must sign in to`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.add("real", sharing: "p")
            try await stage.add("other", user: 1)
            #expect(try await stage.tool.run("revoke", "p", "--yes").status == 0)
            let ended = try await stage.tool.run("refresh", "--all")
            #expect(ended.status == 77)
            let commands = ended.errors.matches(of: #/Try: (.*)/#).map { String($0.output.1) }
            #expect(commands.sorted() == ["tsaccounts login other", "tsaccounts login p"])
            #expect(ended.errors.contains("real: The same as p, on the same login. [login_required]"))
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `status names the command that mends each profile`() async throws {
            let stage = try Stage.current
            try await stage.add("fine")
            try await stage.add("p", user: 1)
            func advice() async throws -> String {
                let status = try await stage.tool.run("status")
                #expect(!status.errors.contains("fine:"))
                let json = try object(try await stage.tool.run("show", "p", "--json").output)
                let command = try #require(json["try"] as? String)
                #expect(status.output.contains(command))
                #expect(status.errors.contains("Try: \(command)\n"))
                return status.errors
            }
            let down = EmulatorFault.Action.respond(status: 503, headers: [:], body: "")
            stage.emulator.script([EmulatorFault(at: .token, when: .before, down)])
            #expect(try await stage.tool.run("refresh", "p").status == 69)
            #expect(try await advice().contains("p: The last refresh failed (server_error)."))
            #expect(try await stage.tool.run("show", "p").output.contains("\nnext attempt        not before "))
            // A pause that is over is not shown.
            let past = "UPDATE login SET not_before = '2026-01-01T00:00:00.000Z' WHERE not_before IS NOT NULL"
            _ = try await stage.tool.sql(past, readonly: false)
            #expect(!(try await stage.tool.run("show", "p").output.contains("next attempt")))
            stage.emulator.revokeAll()
            #expect(try await stage.tool.run("refresh", "p").status == 77)
            #expect(try await advice().contains("p: The sign-in has ended: the server no longer accepts"))
            let login = try stage.tool.start(["login", "p"])
            try await stage.signIn(login, user: 1)
            #expect(await login.result().status == 0)
            #expect(try await stage.tool.run("logout", "p").status == 0)
            #expect(try await advice().contains("p: The user is signed out on this machine."))
            #expect(try await stage.tool.run("status").output.contains("signed out"))
        }

        @Test(.stage) func `a refused API key leads to the command that changes its secret`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let refused = EmulatorFault.Action.respond(
                status: 401,
                headers: ["Content-Type": "application/json"],
                body: #"{"error":"invalid_client"}"#
            )
            stage.emulator.script([EmulatorFault(at: .token, when: .before, refused)])
            #expect(try await stage.tool.run("refresh", "p").status == 78)
            let status = try await stage.tool.run("status")
            #expect(status.status == 78)
            #expect(status.errors.contains("Try: tsaccounts set p --secret-file FILE && tsaccounts refresh p\n"))
        }

        @Test(.stage) func `after a revocation here, status says who revoked the sign-in`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            #expect(try await stage.tool.run("revoke", "p", "--yes").status == 0)
            for command in ["status", "token"] {
                let result = try await stage.tool.run(command)
                #expect(result.status == 77)
                #expect(result.errors.contains("The sign-in was revoked with tsaccounts revoke."))
            }
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `refresh says in words how each token was obtained`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.add("twin", sharing: "p")
            let lines = try await stage.tool.run("refresh", "p", "twin").errors.split(separator: "\n")
            #expect(lines.first?.hasPrefix("p: refreshed; the access token ends ") == true)
            let twin = "twin: refreshed together with p, which has the same login; the access token ends "
            #expect(lines.last?.hasPrefix(twin) == true)
            let due = try await stage.tool.run("refresh", "--all", "--due").errors
            #expect(due.hasPrefix("p: no refresh was due; the access token ends "))
        }

        @Test(.tool) func `the version and the completions for three shells are printed`() async throws {
            let tool = try Tool.current
            #expect(try await tool.run("--version").line == "0.1.0")
            for shell in ["bash", "zsh", "fish"] {
                let script = try await tool.run("--generate-completion-script", shell)
                #expect(script.status == 0)
                #expect(script.output.contains("tsaccounts"))
            }
            #expect(try await tool.run("nonsense").status == 64)
            #expect(try await tool.run("token", "--nonsense").status == 64)
        }

        @Test(.stage) func `a broken pipe prints no error message`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let broken = try await stage.tool.shell(
                "for i in $(seq 60); do tsaccounts refresh p -q >/dev/null; done; set -o pipefail; tsaccounts audit | true; echo $?"
            )
            #expect(broken.errors.isEmpty, "\(broken.errors)")
            #expect(["0", "141"].contains(broken.line))
        }
    }
}
