import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct QuotaCommandTests {
        @Test(.stage) func `what one process used up, another does not ask for`() async throws {
            let stage = try Stage.current
            stage.emulator.changeSettings {
                $0.quotaLimit = 2
                $0.quotaSeconds = 3600
            }
            try await stage.add("p")
            try await stage.add("twin", sharing: "p")
            for _ in 1...2 { #expect(try await stage.tool.run("show", "p", "--accounts").status == 0) }
            let sent = stage.emulator.counts.apiRequests
            let held = try await stage.tool.run("show", "twin", "--accounts", "--timeout", "5")
            #expect(held.status == 75, "\(held.errors)")
            #expect(held.errors.contains("the quota of accounts is used up"))
            #expect(stage.emulator.counts.apiRequests == sent)
            #expect(stage.emulator.counts.throttled == 0)
        }

        @Test(.stage) func `status and show tell what is left, once that is known`() async throws {
            let stage = try Stage.current
            stage.emulator.changeSettings {
                $0.quotaLimit = 250
                $0.quotaSeconds = 36_000
            }
            try await stage.add("p")
            let before = try await stage.tool.run("status")
            #expect(!before.output.contains("QUOTA"))
            #expect(try await stage.tool.run("show", "p", "--accounts").status == 0)
            let status = try await stage.tool.run("status")
            #expect(status.output.contains("QUOTA LEFT"))
            #expect(status.output.contains("249 of 250 accounts"))
            let page = try await stage.tool.run("show", "p")
            let line = try #require(page.output.split(separator: "\n").first { $0.hasPrefix("quota") })
            #expect(line.hasPrefix("quota               accounts: 249 of 250 left, full again in "))
            let shown = try await stage.tool.run("show", "p", "--json")
            let json = try #require(
                try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any]
            )
            let quotas = try #require(json["quotas"] as? [[String: Any]])
            #expect(quotas.count == 1)
            #expect(quotas[0]["resource"] as? String == "accounts")
            #expect(quotas[0]["remaining"] as? Int == 249)
            #expect(quotas[0]["limit"] as? Int == 250)
            #expect((quotas[0]["resets_in_seconds"] as? Int).map { $0 > 0 } == true)
            // The file is private, as all files of the store.
            var file = stat()
            #expect(stat(stage.tool.store + "/locks/quotas", &file) == 0 && file.st_mode & 0o777 == 0o600)
        }
    }
}
