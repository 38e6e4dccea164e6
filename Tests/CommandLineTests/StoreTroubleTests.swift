import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct StoreTroubleTests {
        /// The plain `sqlite3` shell of somebody else, holding the database.
        private func foreigner(_ stage: Stage) throws -> RunningTool {
            try RunningTool(
                URL(fileURLWithPath: "/usr/bin/sqlite3"),
                [stage.tool.database],
                input: nil,
                directory: stage.tool.directory,
                environment: [:],
                keepsInputOpen: true
            )
        }

        private func hold(_ shell: RunningTool) async {
            shell.type("BEGIN IMMEDIATE; SELECT 'held';")
            for await line in shell.outputLines where line == "held" { return }
        }

        @Test func `a database that somebody holds before the request stops it: nothing is sent`() async throws {
            try await Stage.with { stage in
                try await stage.add("p")
                try await stage.age()
                let shell = try foreigner(stage)
                await hold(shell)
                let result = try await stage.tool.run("token", "p", "--json")
                #expect(result.status == 75)
                #expect(result.errors.contains("\"code\":\"store_busy\""))
                #expect(result.output.isEmpty)
                #expect(stage.emulator.counts.refreshes == 0)
                shell.type("ROLLBACK;\n.quit")
                _ = await shell.result()
                #expect(try await stage.tool.run("token", "p").status == 0)
            }
        }

        @Test
        func `an answer that the database cannot take is kept beside it, served, and saved by whoever comes next`()
            async throws
        {
            try await Stage.with(EmulatorConfiguration(rotate: true, overlapSeconds: 0)) { stage in
                try await stage.add("p")
                try await stage.age()
                let shell = try foreigner(stage)
                stage.emulator.script([EmulatorFault(at: .token, when: .after, .delay(seconds: 1))])
                let running = try stage.tool.start(["token", "p", "--timeout", "60"])
                while stage.emulator.counts.refreshes == 0 { await Task.yield() }
                await hold(shell)
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
}
