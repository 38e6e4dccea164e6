import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    /// The expiry times of refresh tokens and sign-ins of a rotating key, as commands display them.
    @Suite struct DeadlineTests {
        private func profile(_ stage: Stage) async throws -> [String: Any] {
            let shown = try await stage.tool.run("show", "p", "--json")
            return try #require(try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any])
        }

        private func secondsLeft(_ value: Any?) throws -> Double {
            let end = try Date(
                #require(value as? String),
                strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            )
            return end.timeIntervalSinceNow
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `expiry times are shown after the first exchange has shown that the key rotates`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let before = try await profile(stage)
            #expect(before["refresh_expires_at"] is NSNull)
            #expect(before["sign_in_ends_at"] is NSNull)
            // If the key rotates, this is when they end.
            #expect((1740...1800).contains(try secondsLeft(before["refresh_may_expire_at"])))
            #expect((86_300...86_400).contains(try secondsLeft(before["sign_in_may_end_at"])))
            #expect(try await stage.tool.run("refresh", "p").status == 0)
            let after = try await profile(stage)
            #expect((1740...1800).contains(try secondsLeft(after["refresh_expires_at"])))
            #expect((86_300...86_400).contains(try secondsLeft(after["sign_in_ends_at"])))
            #expect(after["refresh_may_expire_at"] as? String == after["refresh_expires_at"] as? String)
            #expect(after["sign_in_may_end_at"] as? String == after["sign_in_ends_at"] as? String)
            #expect(try await stage.tool.run("status").status == 0)
            for command in ["list", "status"] {
                let table = try await stage.tool.run(command).output
                #expect(table.contains("REFRESH TOKEN  NEXT"))
                #expect(table.contains("29 min left"))
                #expect(table.contains(#/sign in by [A-Z][a-z]{2} \d\d:\d\d \(in 23 h\)/#))
            }
            let page = try await stage.tool.run("show", "p").output
            #expect(page.contains("rotating; lifetime of an unused refresh token: 30 min, of a sign-in: 24 h"))
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `status warns before the end of a sign-in and of an unused refresh token`() async throws {
            let stage = try Stage.current
            try await stage.add("p", options: ["--absolute", "7000"])
            #expect(try await stage.tool.run("refresh", "p").status == 0)
            let soonOver = try await stage.tool.run("status")
            #expect(soonOver.status == 75)
            #expect(soonOver.errors.contains(#/p: Sign in by [A-Z][a-z]{2} \d\d:\d\d \(in 11\d min\)\./#))
            #expect(soonOver.errors.contains("Try: tsaccounts login p"))
            #expect(try await stage.tool.run("set", "p", "--absolute", "0").status == 0)
            #expect(try await stage.tool.run("status").status == 0)
            #expect(try await profile(stage)["sign_in_ends_at"] is NSNull)
            let soon = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '+200 seconds')"
            _ = try await stage.tool.sql("UPDATE login SET refresh_expires_at = \(soon)", readonly: false)
            let unused = try await stage.tool.run("status", "p")
            #expect(unused.status == 75)
            #expect(unused.errors.contains("Try: tsaccounts refresh p"))
            let warned = try await stage.tool.run("audit", "p")
            #expect(warned.output.contains("sign_in_ends_soon"))
            let changed = try await stage.tool.sql("SELECT detail FROM audit WHERE event = 'profile_changed'")
            #expect(changed.output.contains("absolute_lifetime_s"))
        }

        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `a sign-in that may have ended is not shown as ready, also before it is known that the key rotates`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            #expect(try await stage.tool.run("status").status == 0)
            // The user signed in forty minutes ago.
            let then = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-2400 seconds')"
            _ = try await stage.tool.sql("UPDATE login SET signed_in_at = \(then)", readonly: false)
            let status = try await stage.tool.run("status")
            #expect(status.status == 75)
            #expect(status.output.contains("degraded"))
            #expect(status.errors.contains("p: The refresh token may have ended "))
            #expect(status.errors.contains("Try: tsaccounts refresh p"))
            #expect(try await stage.tool.run("list").output.contains("degraded"))
            #expect(try await profile(stage)["state"] as? String == "degraded")
            // The refresh shows that it had not ended.
            #expect(try await stage.tool.run("refresh", "p").status == 0)
            #expect(try await stage.tool.run("status").status == 0)
            #expect(try await profile(stage)["state"] as? String == "ready")
        }

        @Test(.stage) func `invalid lifetimes are refused`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            for arguments in [["--idle=-1"], ["--absolute", "999999999"]] {
                let refused = try await stage.tool.run(["set", "p"] + arguments)
                #expect(refused.status == 64)
                #expect(refused.errors.contains("--idle 1800 --absolute 86400"))
            }
        }

        @Test(.stage(EmulatorConfiguration(rotate: true, idleSeconds: 600)))
        func `a refresh before the idle limit succeeds, and after the limit a sign-in is required`() async throws {
            let stage = try Stage.current
            try await stage.add("p", options: ["--idle", "600"])
            #expect(try await stage.tool.run("refresh", "p").status == 0)
            stage.emulator.advance(bySeconds: 570)
            #expect(try await stage.tool.run("refresh", "p").status == 0)
            stage.emulator.advance(bySeconds: 601)
            let ended = try await stage.tool.run("refresh", "p", "--json")
            #expect(ended.status == 77)
            #expect(ended.errors.contains("login_required"))
        }
    }
}
