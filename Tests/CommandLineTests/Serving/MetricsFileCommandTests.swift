import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite(.timeLimit(.minutes(20))) struct MetricsFileCommandTests {
        @Test(.stage(EmulatorConfiguration(rotate: true)))
        func `serve writes metrics that Prometheus' parser reads, without names if asked`() async throws {
            let stage = try Stage.current
            try await stage.add("p-one")
            let file = stage.tool.directory.appendingPathComponent("tsaccounts.prom")
            let serving = try stage.tool.start(["serve", "--textfile", file.path, "--anonymous"])
            var text = ""
            while !text.contains("tsaccounts_generation{profile=\"p1\"} 1\n") {
                try await Task.sleep(for: .milliseconds(100))
                text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            }
            serving.signal(SIGTERM)
            let result = await serving.result()
            #expect(result.status == 0, "\(result.errors)")
            #expect(text.contains("tsaccounts_profile_state{profile=\"p1\",state=\"ready\"} 1\n"))
            #expect(!text.contains("p-one"))
            #expect(!text.contains(stage.emulator.addresses.clientSecret))
        }

        @Test(.stage) func `a file that cannot be written is a note, and a name that nobody reads is refused`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            let missing = stage.tool.directory.path + "/none/tsaccounts.prom"
            let serving = try stage.tool.start(["serve", "--textfile", missing])
            for await line in serving.errorLines where line.contains("\(missing) cannot be written.") { break }
            serving.signal(SIGTERM)
            #expect(await serving.result().status == 0)
            let refused = try await stage.tool.run("serve", "--textfile", "metrics.txt")
            #expect(refused.status == 64)
            #expect(refused.errors.contains("end in .prom"))
        }
    }
}
