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

        @Test(.stage) func `with too few open files nothing is sent, and the error names the limit`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            for limit in [6, 12, 16, 20] {
                let result = try await stage.tool.shell("ulimit -n \(limit); exec tsaccounts refresh p --timeout 5")
                #expect(result.status == 75, "\(limit): \(result.errors)")
                #expect(result.errors.contains("[store_busy]"))
                #expect(result.errors.contains("ulimit -n"))
            }
            #expect(stage.emulator.counts.refreshes == 0)
            #expect(try await stage.tool.run("refresh", "p").status == 0)
        }

        @Test(
            .tool,
            .enabled(if: geteuid() == 0, "root has no limit on threads, and only root can become another user")
        )
        func `with too few threads a command ends with an error that names the limit`() async throws {
            let tool = try Tool.current
            chmod(tool.directory.path, 0o755)
            let script = """
                install -d -o 1777 -g 1777 home && cd home
                export HOME=$PWD TSACCOUNTS_HOME=
                as="setpriv --reuid 1777 --regid 1777 --clear-groups"
                $as tsaccounts add profile p --sim --client-id c --no-login -q || exit 1
                for limit in 1 2 3; do
                    timeout 60 $as bash -c "ulimit -u $limit; exec tsaccounts list --json" || echo $?
                done
                """
            let result = try await tool.shell(script)
            #expect(result.line == "75\n75\n75", "\(result.errors)")
            #expect(result.errors.contains("ulimit -u"))
        }

        @Test(.stage, .enabled(if: geteuid() == 0, "only root can mount a disk and become another user"))
        func `on a read-only disk, and without permission to write, everything that only reads works`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let token = try await stage.tool.run("token", "p").line
            let reading = """
                tsaccounts token p && tsaccounts status -q >&2 && tsaccounts list >&2 && tsaccounts show p >&2 &&
                tsaccounts audit p >&2 && tsaccounts audit verify >&2 || exit 1
                tsaccounts refresh p; [ $? != 0 ] || exit 2
                """
            let mounting = "mount --bind store store && mount -o remount,ro,bind store"
            let readonly = try await stage.tool.shell("unshare -m bash -c '\(mounting) || exit 99; \(reading)'")
            // Some containers can neither unshare nor mount.
            if readonly.status != 99, !readonly.errors.contains("unshare: ") {
                #expect(readonly.status == 0, "\(readonly.errors)")
                #expect(readonly.line == token)
                #expect(readonly.errors.contains("[store_readonly]"))
            }
            chmod(stage.tool.directory.path, 0o755)
            let owning = "chown -R 1777:1777 store && chmod -R a-w store"
            let becoming = "setpriv --reuid 1777 --regid 1777 --clear-groups"
            let unprivileged = try await stage.tool.shell("\(owning) && \(becoming) bash -c '\(reading)'")
            #expect(unprivileged.status == 0, "\(unprivileged.errors)")
            #expect(unprivileged.line == token)
            #expect(stage.emulator.counts.refreshes == 0)
        }

        @Test(.tool) func `status says that the group is trusted, and the audit keeps it`() async throws {
            let tool = try Tool.current
            try await tool.makeStore()
            #expect(try await !tool.run("status").errors.contains("trusted"))
            #expect(try await tool.run("status", "--trust-group").errors.contains("The store's group is trusted"))
            let script = "export TSACCOUNTS_TRUST_GROUP=1; tsaccounts status; tsaccounts rename first second"
            #expect(try await tool.shell(script).errors.contains("The store's group is trusted"))
            let rows = try await tool.sql("SELECT count(*) FROM audit WHERE detail LIKE '%\"trusted\":\"group\"%'")
            #expect(rows.line == "1")
        }
    }
}
