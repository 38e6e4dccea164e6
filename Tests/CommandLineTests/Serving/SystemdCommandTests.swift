import Foundation
import Testing

@testable import tsaccounts

extension CommandLineSuite {
    @Suite struct SystemdCommandTests {
        @Test(.tool, arguments: ["user", "system"])
        func `systemd accepts the units, and rates the system's service as well protected`(scope: String) async throws {
            let tool = try Tool.current
            let written = try await tool.run("systemd", "--\(scope)", "--write", tool.directory.path)
            #expect(written.status == 0, "\(written.errors)")
            #expect(written.output.contains("enable --now tsaccounts.socket tsaccounts.service\n"))
            let verified = try await tool.shell(
                """
                command -v systemd-analyze > /dev/null || exit 0
                export XDG_RUNTIME_DIR=$HOME
                systemd-analyze verify --man=no --\(scope) ./tsaccounts.service ./tsaccounts.socket
                """
            )
            #expect(verified.status == 0)
            #expect(verified.output + verified.errors == "")
            guard scope == "system" else { return }
            let rated = try await tool.shell(
                """
                command -v systemd-analyze > /dev/null || exit 0
                systemd-analyze security --offline=yes --no-pager --threshold=20 ./tsaccounts.service
                """
            )
            #expect(rated.status == 0, "\(rated.output.suffix(200))")
        }

        @Test(.tool) func `without --write the units are printed, each below its place`() async throws {
            let printed = try await Tool.current.run("systemd", "--system")
            #expect(printed.status == 0)
            for file in ["/etc/systemd/system/tsaccounts.service", "/etc/sysusers.d/tsaccounts.conf"] {
                #expect(printed.output.contains("# \(file)\n"))
            }
            #expect(printed.output.contains("ExecStart=\(Tool.binary.resolvingSymlinksInPath().path) serve\n"))
        }

        @Test(.tool) func `no existing unit is overwritten`() async throws {
            let tool = try Tool.current
            let file = tool.directory.appendingPathComponent("tsaccounts.service")
            try Data("mine".utf8).write(to: file)
            let result = try await tool.run("systemd", "--write", tool.directory.path)
            #expect(result.status == 73)
            #expect(result.errors.contains("It exists already."))
            #expect(try Data(contentsOf: file) == Data("mine".utf8))
        }

        @Test(.tool) func `the unit names the store of the command`() async throws {
            let tool = try Tool.current
            let directory = tool.directory.path + "/my store"
            let printed = try await tool.run("systemd", "--store", directory)
            #expect(printed.output.contains(" serve --store \"\(directory)\"\n"))
        }

        @Test func `a path with special characters is one word for systemd`() {
            let units = SystemdUnits(scope: .user, program: "/a b/100%/$x/\"q\"/tsaccounts")
            #expect(units.files[0].text.contains("ExecStart=\"/a b/100%%/$$x/\\\"q\\\"/tsaccounts\" serve\n"))
        }

        @Test(.stage) func `serve tells systemd that it is alive`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await NotifyListener.with(stage.tool.directory.path + "/notify") { listener in
                var tool = stage.tool
                tool.environment["NOTIFY_SOCKET"] = listener.address
                tool.environment["WATCHDOG_USEC"] = "6000000"
                let serving = try tool.start(["serve"])
                var beats = 0
                while beats < 3, let message = await listener.next() { beats += message == "WATCHDOG=1" ? 1 : 0 }
                #expect(beats == 3)
                serving.signal(SIGTERM)
                #expect(await serving.result().status == 0)
            }
        }

        @Test(.stage) func `the key can be a credential of the service manager, and no key file is made`() async throws
        {
            let stage = try Stage.current
            let directory = stage.tool.directory.appendingPathComponent("credentials")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
            let credential = directory.appendingPathComponent("tsaccounts.key")
            try Data((0..<32).map { UInt8($0) }).write(to: credential)
            chmod(credential.path, 0o400)
            var tool = stage.tool
            tool.environment["CREDENTIALS_DIRECTORY"] = directory.path
            try await Stage(tool: tool, emulator: stage.emulator, port: stage.port).add("p")
            #expect(try await tool.run("token", "p").status == 0)
            #expect(!FileManager.default.fileExists(atPath: tool.store + "/key"))
            // Without the credential, the key is missing.
            #expect(try await stage.tool.run("token", "p").errors.contains("[key_missing]"))
            chmod(credential.path, 0o644)
            let open = try await tool.run("token", "p")
            #expect(open.status == 78)
            #expect(open.errors.contains("can be read or written by other users"))
            chmod(credential.path, 0o600)
            try Data("short".utf8).write(to: credential)
            #expect(try await tool.run("token", "p").errors.contains("[key_mismatch]"))
        }
    }
}
