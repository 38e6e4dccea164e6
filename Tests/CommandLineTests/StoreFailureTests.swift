import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct StoreFailureTests {
        /// Starts a `sqlite3` shell that can lock the database.
        private func startShell(_ stage: Stage) throws -> RunningTool {
            try RunningTool(
                URL(fileURLWithPath: "/usr/bin/sqlite3"),
                [stage.tool.database],
                input: nil,
                directory: stage.tool.directory,
                environment: [:],
                keepsInputOpen: true
            )
        }

        private func lock(with shell: RunningTool) async {
            shell.type("BEGIN IMMEDIATE; SELECT 'held';")
            for await line in shell.outputLines where line == "held" { return }
        }

        @Test(.stage) func `if the database is locked before the request, nothing is sent`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            let shell = try startShell(stage)
            await lock(with: shell)
            let result = try await stage.tool.run("token", "p", "--json")
            #expect(result.status == 75)
            #expect(result.errors.contains("\"code\":\"store_busy\""))
            #expect(result.output.isEmpty)
            #expect(stage.emulator.counts.refreshes == 0)
            shell.type("ROLLBACK;\n.quit")
            _ = await shell.result()
            #expect(try await stage.tool.run("token", "p").status == 0)
        }

        @Test(.stage(EmulatorConfiguration(rotate: true, overlapSeconds: 0)))
        func `an answer that the database cannot save is kept in the side file, served, and saved by the next process`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            let shell = try startShell(stage)
            stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 1))])
            let running = try stage.tool.start(["token", "p", "--timeout", "60"])
            try await stage.emulator.wait { $0.refreshes > 0 }
            await lock(with: shell)
            let deferred = await running.result()
            #expect(deferred.status == 74)
            #expect(deferred.errors.contains("[save_deferred]"))
            let meanwhile = try await stage.tool.run("token", "p")
            #expect(meanwhile.status == 74)
            #expect(meanwhile.output == deferred.output)
            shell.type("ROLLBACK;\n.quit")
            _ = await shell.result()
            let next = try await stage.tool.run("token", "p")
            #expect(next.status == 0, "\(next.errors)")
            #expect(next.output == deferred.output)
            #expect(next.line.split(separator: ".").count == 3)
            #expect(stage.emulator.counts.refreshes == 1)
            let history = try await stage.tool.sql("SELECT result, generation_after FROM refresh_history")
            #expect(history.line == "recovered|2")
            #expect(try await stage.tool.run("refresh", "p").status == 0)
            #expect(stage.emulator.counts.refused == 0)
        }
    }
}
