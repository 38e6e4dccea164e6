import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct InterruptionTests {
        @Test(.stage, arguments: [SIGINT: 130, SIGTERM: 143] as [Int32: Int32])
        func `an interrupted sign-in frees its port and leaves nothing behind`(_ signal: Int32, _ status: Int32)
            async throws
        {
            let stage = try Stage.current
            let arguments =
                ["add", "profile", "p", "--client-id", stage.emulator.addresses.clientID, "--secret-file", "-"]
                + ["--redirect-port", String(stage.port)] + stage.endpoints
            let running = try stage.tool.start(arguments, input: stage.emulator.addresses.clientSecret)
            _ = try #require(await running.url())
            running.signal(signal)
            let result = await running.result()
            #expect(result.status == status)
            #expect(result.output.isEmpty)
            #expect(!result.errors.contains("["))
            #expect(try await stage.tool.sql("SELECT count(*) FROM profile").line == "0")
            try await stage.add("p")
        }

        @Test(.stage(EmulatorConfiguration(rotate: true, overlapSeconds: 0)))
        func `a refresh that has been sent is saved even if its command is interrupted`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 0.5))])
            let running = try stage.tool.start(["token", "p"])
            try await stage.emulator.wait { $0.refreshes > 0 }
            running.signal(SIGTERM)
            #expect(await running.result().status == 143)
            let next = try await stage.tool.run("token", "p")
            #expect(next.status == 0, "\(next.errors)")
            #expect(stage.emulator.counts.refreshes == 1)
            #expect(try await stage.tool.sql("SELECT generation FROM login").line == "2")
        }
    }
}
