import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    /// Damaged rows that no sign-in repairs, and the commands that do.
    @Suite(.timeLimit(.minutes(20))) struct DamageRepairTests {
        @Test(
            .stage,
            arguments: [
                "UPDATE profile SET mac = zeroblob(32)", "UPDATE profile SET name = 'b d'",
                "UPDATE api_key SET mac = zeroblob(32)", "UPDATE api_key SET token_url = 'https://thief.example/token'",
                "DELETE FROM login", "DELETE FROM api_key", "UPDATE login SET generation = -1",
            ]
        )
        func `a profile that no sign-in mends can be removed and added again`(edit: String) async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.damage("DROP TRIGGER login_generation_forward; \(edit)")
            let shown = try await stage.tool.run("status")
            #expect(shown.status == 65)
            #expect(shown.errors.contains("Try: tsaccounts remove"))
            let name = edit.contains("b d") ? "b d" : "p"
            #expect(try await stage.tool.run("remove", name).status == 64)
            let removed = try await stage.tool.run("remove", name, "--yes")
            #expect(removed.status == 0, "\(removed.errors)")
            #expect(try await stage.tool.sql("SELECT count(*) FROM login, secret").line == "0")
            try await stage.add("p")
            #expect(try await stage.tool.run("token", "p").status == 0)
        }

        @Test(.stage, arguments: ["'x' || char(27) || '[31my'", "'-q'", "''", "'it''s'"])
        func `a profile whose name is damaged is removed by the command that is shown`(name: String) async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.add("good", user: 1)
            try await stage.damage("UPDATE profile SET name = \(name) WHERE name = 'p'")
            let shown = try await stage.tool.run("status")
            #expect(shown.status == 65)
            #expect(!shown.errors.contains("\u{1B}"))
            let advice = try #require(
                shown.errors.firstMatch(of: #/Try: (tsaccounts remove -- .*), then add/#)?.output.1
            )
            // Without a terminal to confirm on, the command names the one that asks nothing.
            let asked = try await stage.tool.shell(String(advice))
            #expect(asked.status == 64)
            let command = try #require(asked.errors.firstMatch(of: #/Try: (tsaccounts remove --yes -- .*)/#)?.output.1)
            let removed = try await stage.tool.shell(String(command))
            #expect(removed.status == 0, "\(removed.errors)")
            #expect(try await stage.tool.run("status").status == 0)
        }

        @Test(.stage) func `a revocation goes on past a damaged sign-in of the key, and reports it`() async throws {
            let stage = try Stage.current
            for (name, user) in [("first", 0), ("middle", 1), ("other", 0)] { try await stage.add(name, user: user) }
            try await stage.damage(
                """
                UPDATE secret SET sealed = zeroblob(99) WHERE kind = 'refresh_token'
                    AND login_id = (SELECT login_id FROM profile WHERE name = 'middle')
                """
            )
            let revoked = try await stage.tool.run("revoke", "first", "--yes")
            #expect(revoked.status == 65)
            #expect(revoked.errors.contains("Try: tsaccounts login middle"))
            for name in ["first", "other"] { #expect(try await stage.tool.run("token", name).status == 77) }
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `a key whose row is damaged names a profile to remove, and one that no profile uses is replaced`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.damage("UPDATE api_key SET mac = zeroblob(32)")
            let addresses = stage.emulator.addresses
            let added = try await stage.tool.run(
                ["add", "profile", "q", "--sim", "--client-id", addresses.clientID, "--secret-file", "-", "--no-login"]
                    + stage.endpoints,
                input: addresses.clientSecret
            )
            #expect(added.status == 65)
            #expect(added.errors.contains("Try: tsaccounts remove p,"))
            try await stage.damage("DELETE FROM profile; DELETE FROM login")
            try await stage.add("p")
            #expect(try await stage.tool.sql("SELECT count(*) FROM api_key").line == "1")
        }
    }
}
