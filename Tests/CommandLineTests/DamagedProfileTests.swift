import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    /// Rows that were edited in the `sqlite3` shell, or put back from a copy, as the user meets them.
    @Suite(.timeLimit(.minutes(20))) struct DamagedProfileTests {
        @Test(
            .stage(EmulatorConfiguration(rotate: true)),
            arguments: [
                "UPDATE profile SET mac = zeroblob(32) WHERE name = 'bad'",
                "UPDATE login SET state = 'broken' WHERE id = (SELECT login_id FROM profile WHERE name = 'bad')",
                "DELETE FROM secret WHERE login_id = (SELECT login_id FROM profile WHERE name = 'bad')",
            ]
        )
        func `a damaged profile is shown with what mends it, and all others are renewed`(edit: String) async throws {
            let stage = try Stage.current
            try await stage.add("bad")
            try await stage.add("good", user: 1)
            try await stage.damage(edit)
            for command in ["list", "status"] {
                let shown = try await stage.tool.run(command)
                #expect(shown.status == 65, "\(shown.errors)")
                #expect(shown.output.contains("good "))
                #expect(shown.output.contains("damaged"))
                #expect(shown.errors.contains("bad: "))
                #expect(shown.errors.contains("[record_tampered]"))
                #expect(shown.errors.contains("Try: tsaccounts "))
                let json = try await stage.tool.run(command, "--json")
                #expect(json.status == 65)
                #expect(try states(json.output) == ["good": "ready", "bad": "damaged"])
            }
            #expect(try await stage.tool.run("status", "good").status == 0)
            #expect(try await stage.tool.run("status", "bad").status == 65)
            #expect(try await stage.tool.run("token", "good").status == 0)
            let token = try await stage.tool.run("token", "bad", "--json")
            #expect(token.status == 65)
            #expect(token.errors.contains("record_tampered"))
            #expect(try await stage.tool.run("token").status == 64)

            try await stage.age("good")
            let before = stage.emulator.counts.refreshes
            let all = try await stage.tool.run("refresh", "--all", "--json")
            #expect(all.status == 65)
            #expect(all.output.contains(#""profile":"good","outcome":"refreshed""#))
            #expect(all.output.contains(#""profile":"bad","outcome":"failed","code":"record_tampered""#))
            #expect(stage.emulator.counts.refreshes == before + 1)

            let serving = try stage.tool.start(["serve"])
            var lines: [String] = []
            for await line in serving.errorLines {
                lines.append(line)
                if line.hasPrefix("Keeping 1 of 2 profiles fresh: bad, good") { break }
            }
            #expect(lines.contains { $0.contains("[record_tampered]") && $0.contains("Try: tsaccounts ") })
            serving.signal(SIGTERM)
            #expect(await serving.result().status == 0)
        }

        @Test(
            .stage,
            arguments: [
                "UPDATE login SET state = 'broken'", "UPDATE login SET created_at = 'xxxxxxxxxxxxxxxxxxxxxxxx'",
                "UPDATE login SET generation = generation + 1", "UPDATE login SET subject = 'somebody else'",
                "DELETE FROM secret WHERE kind = 'refresh_token'",
                "UPDATE secret SET sealed = zeroblob(99) WHERE kind = 'refresh_token'",
            ]
        )
        func `a damaged sign-in is mended by login, without a name too`(edit: String) async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.damage(edit)
            let token = try await stage.tool.run("token")
            #expect(token.status == 65)
            #expect(token.errors.contains("Try: tsaccounts login p"))
            let before = stage.emulator.counts.exchanges
            #expect(try await stage.tool.run("refresh", "p").status == 65)
            #expect(stage.emulator.counts.exchanges == before)
            let login = try stage.tool.start(["login", "--no-browser"])
            try await stage.signIn(login)
            let result = await login.result()
            #expect(result.status == 0, "\(result.errors)")
            #expect(try await stage.tool.run("refresh", "p").status == 0)
            #expect(try await stage.tool.run("status").status == 0)
            #expect(try await stage.tool.run("audit", "verify").status == 0)
        }

        @Test(.stage, arguments: ["DELETE FROM secret", "UPDATE secret SET sealed = zeroblob(99)"])
        func `without its client secret nothing is sent, and set mends it`(edit: String) async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.damage("\(edit) WHERE kind = 'client_secret'")
            let before = stage.emulator.counts.exchanges
            for command in [["token", "p"], ["refresh", "p"], ["login", "p", "--no-browser"]] {
                let refused = try await stage.tool.run(command)
                #expect(refused.status == 65, "\(refused.errors)")
                #expect(refused.errors.contains("Try: tsaccounts set p --secret-file FILE"))
            }
            #expect(stage.emulator.counts.exchanges == before)
            let set = try await stage.tool.run(
                ["set", "p", "--secret-file", "-"],
                input: stage.emulator.addresses.clientSecret
            )
            #expect(set.status == 0, "\(set.errors)")
            #expect(try await stage.tool.run("refresh", "p").status == 0)
        }

        @Test(
            .stage(EmulatorConfiguration(rotate: true)),
            arguments: [
                "DELETE FROM secret WHERE kind = 'access_token'",
                "UPDATE secret SET sealed = zeroblob(99) WHERE kind = 'access_token'",
                "UPDATE login SET access_expires_at = '2099-01-01T00:00:00.000Z'",
                "UPDATE login SET access_lifetime_s = 86400",
                "UPDATE login SET boot_id = 'another', access_expires_boot_ms = 9999999999999",
                "UPDATE secret SET sealed = zeroblob(99) WHERE kind = 'id_token'",
            ]
        )
        func `a damaged access token or expiry costs at most one refresh`(edit: String) async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.damage(edit)
            #expect(try await stage.tool.run("status").status == 0)
            let token = try await stage.tool.run("token", "p")
            #expect(token.status == 0, "\(token.errors)")
            #expect(stage.emulator.counts.refreshes == (edit.contains("id_token") ? 0 : 1))
            #expect(try await stage.tool.run("token", "p").output == token.output)
            #expect(stage.emulator.counts.refused == 0)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `an older copy of the database sends nothing, says so, and a sign-in mends it`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let copied = try await stage.tool.shell("cp \(stage.tool.database) backup.db")
            #expect(copied.status == 0)
            for _ in 0..<3 { #expect(try await stage.tool.run("refresh", "p").status == 0) }
            // The side file, which has the newest tokens, is lost as well.
            let putBack = try await stage.tool.shell(
                "cp backup.db \(stage.tool.database) && rm -r \(stage.tool.store)/pending"
            )
            #expect(putBack.status == 0, "\(putBack.errors)")
            let before = stage.emulator.counts.refreshes
            let refreshed = try await stage.tool.run("refresh", "p")
            #expect(refreshed.status == 77)
            #expect(refreshed.errors.contains("[store_rolled_back]"))
            #expect(
                refreshed.errors.contains(
                    "Try: restore a newer copy of the database, or sign in again: tsaccounts login p"
                )
            )
            let status = try await stage.tool.run("status", "--json")
            #expect(status.status == 77)
            #expect(status.output.contains(#""state":"held""#))
            #expect(status.output.contains(#""last_error":"store_rolled_back""#))
            #expect(stage.emulator.counts.refreshes == before)
            let login = try stage.tool.start(["login", "p", "--no-browser"])
            try await stage.signIn(login)
            #expect(await login.result().status == 0)
            #expect(try await stage.tool.run("refresh", "p").status == 0)
            #expect(try await stage.tool.run("status").status == 0)
            #expect(stage.emulator.counts.refused == 0)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `an older copy of the database gets the newest tokens from the side file`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            #expect(try await stage.tool.shell("cp \(stage.tool.database) backup.db").status == 0)
            for _ in 0..<3 { #expect(try await stage.tool.run("refresh", "p").status == 0) }
            #expect(try await stage.tool.shell("cp backup.db \(stage.tool.database)").status == 0)
            let before = stage.emulator.counts.refreshes
            for _ in 0..<2 {
                let refreshed = try await stage.tool.run("refresh", "p")
                #expect(refreshed.status == 0, "\(refreshed.errors)")
            }
            #expect(stage.emulator.counts.refused == 0)
            #expect(stage.emulator.counts.refreshes >= before + 1)
            #expect(try await stage.tool.sql("SELECT count(*) FROM audit WHERE event = 'recovered'").line == "1")
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `a fence does not come down when an older row is written back`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.damage("CREATE TABLE old AS SELECT * FROM profile")
            #expect(try await stage.tool.run("set", "p", "--read-only", "on").status == 0)
            try await stage.damage("INSERT OR REPLACE INTO profile SELECT * FROM old; DROP TABLE old")
            let token = try await stage.tool.run("token", "p")
            #expect(token.status == 65)
            #expect(token.errors.contains("[record_tampered]"))
        }

        @Test(.stage) func `audit verify names a view that was replaced`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.damage("DROP VIEW profile_status; CREATE VIEW profile_status AS SELECT 'fine' AS state")
            let verified = try await stage.tool.run("audit", "verify")
            #expect(verified.status == 65)
            #expect(verified.errors.contains("view profile_status is not as tsaccounts created it"))
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `a refresh token that a login has or had is refused before it is sent`() async throws {
            let stage = try Stage.current
            let addresses = stage.emulator.addresses
            func add(_ name: String, _ token: String) async throws -> Tool.Result {
                let file = stage.tool.directory.appendingPathComponent("token").path
                _ = FileManager.default.createFile(
                    atPath: file,
                    contents: Data(token.utf8),
                    attributes: [.posixPermissions: 0o600]
                )
                return try await stage.tool.run(
                    [
                        "add", "profile", name, "--sim", "--client-id", addresses.clientID, "--secret-file", "-",
                        "--refresh-token-file", file, "--no-login",
                    ] + stage.endpoints,
                    input: addresses.clientSecret
                )
            }
            #expect(try await add("first", "a-refresh-token").status == 0)
            let again = try await add("second", "a-refresh-token")
            #expect(again.status == 64)
            #expect(again.errors.contains("Try: tsaccounts add profile second --sim --same-login-as first"))
            #expect(try await stage.tool.run("show", "second").status == 66)
            #expect(stage.emulator.counts.exchanges == 0)
            #expect(try await stage.tool.run("remove", "first", "--yes").status == 0)
            #expect(try await add("second", "a-refresh-token").status == 0)
        }

        private func states(_ json: String) throws -> [String: String] {
            let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
            let profiles = try #require(object?["profiles"] as? [[String: Any]])
            // A damaged profile has the members of every other.
            #expect(Set(profiles.map { Set($0.keys) }).count == 1)
            return Dictionary(
                uniqueKeysWithValues: profiles.map { ($0["name"] as? String ?? "", $0["state"] as? String ?? "") }
            )
        }
    }
}
