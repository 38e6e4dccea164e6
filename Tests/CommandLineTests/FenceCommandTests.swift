import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct FenceCommandTests {
        private func object(_ text: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }

        @Test(.stage) func `add sets fences, set changes them, and show displays them`() async throws {
            let stage = try Stage.current
            try await stage.add("p", options: ["--read-only", "--account", "SIM1100001M"])
            var shown = try object(try await stage.tool.run("show", "p", "--json").output)
            #expect(shown["read_only"] as? Bool == true)
            #expect(shown["accounts"] as? [String] == ["SIM1100001M"])
            let opened = try await stage.tool.run("set", "p", "--read-only", "off", "--any-account")
            #expect(opened.status == 0)
            #expect(opened.errors == "p can place orders. It can use all accounts.\n")
            shown = try object(try await stage.tool.run("show", "p", "--json").output)
            #expect(shown["read_only"] as? Bool == false)
            #expect(shown["accounts"] is NSNull)
            let fenced = try await stage.tool.run(
                "set",
                "p",
                "--account",
                "SIM1100001M",
                "--account",
                "SIM1100001F",
                "--json"
            )
            #expect(try object(fenced.output)["accounts"] as? [String] == ["SIM1100001M", "SIM1100001F"])
            #expect(try await stage.tool.run("set", "p", "--read-only=no").status == 64)
            let closed = try await stage.tool.run("set", "p", "--read-only")
            #expect(closed.status == 0)
            #expect(
                try object(try await stage.tool.run("show", "p", "--json").output)["read_only"] as? Bool == true
            )
            #expect(try await stage.tool.run("set", "p", "--account", "A", "--any-account").status == 64)
            // A command changes everything or nothing.
            #expect(try await stage.tool.run("set", "p", "--idle", "2400", "--account", "A,B").status == 64)
            #expect(try await stage.tool.run("set", "p", "--account", "A,B").status == 64)
            #expect(try await stage.tool.run("set", "p").status == 64)
            #expect(
                try await stage.tool.sql(
                    "SELECT group_concat(json_extract(detail, '$.changed'), '|') FROM audit WHERE event = 'profile_changed'"
                ).line == "read_only accounts|accounts|read_only"
            )
            #expect(try await stage.tool.run("audit", "verify").status == 0)
        }

        @Test(.stage) func `a fence that was edited in the database is detected and rejected`() async throws {
            let stage = try Stage.current
            try await stage.add("p", options: ["--read-only"])
            _ = try await stage.tool.sql("UPDATE profile SET read_only = 0", readonly: false)
            #expect(try await stage.tool.run("show", "p", "--accounts").status == 65)
            #expect(stage.emulator.counts.apiRequests == 0)
        }

        @Test(.stage) func `show lists the brokerage accounts that the profile can use`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let text = try await stage.tool.run("show", "p", "--accounts")
            #expect(text.output.contains("\nbrokerage account   SIM1100001M  Margin  USD  Active\n"))
            #expect(text.output.contains("\nbrokerage account   SIM1100001F  Futures  USD  Active\n"))
            #expect(try await stage.tool.run("set", "p", "--account", "SIM1100001F").status == 0)
            let json = try object(try await stage.tool.run("show", "p", "--accounts", "--json").output)
            #expect(
                json["brokerage_accounts"] as? [[String: String]] == [
                    ["id": "SIM1100001F", "type": "Futures", "currency": "USD", "status": "Active"]
                ]
            )
            stage.emulator.script([
                EmulatorFault(at: .api, when: .before, .respond(status: 429, headers: [:], body: ""))
            ])
            let limited = try await stage.tool.run("show", "p", "--accounts", "--json")
            #expect(limited.status == 75)
            #expect(limited.output.isEmpty)
            #expect(limited.errors.contains(#""code":"rate_limited""#))
        }
    }
}
