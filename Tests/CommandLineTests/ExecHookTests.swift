import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct ExecHookTests {
        /// Writes a stand-in for the library aiohttp and a `sitecustomize` of the user, both found by `PYTHONPATH`.
        private static func prepared(_ stage: Stage) throws -> Tool {
            var tool = stage.tool
            let own = tool.directory.appendingPathComponent("own")
            let library = own.appendingPathComponent("aiohttp")
            try FileManager.default.createDirectory(at: library, withIntermediateDirectories: true)
            let files = [
                "sitecustomize.py": "import builtins\nbuiltins.own = 'ran'\n",
                "aiohttp/__init__.py": "from .client import ClientSession\n",
                "aiohttp/client.py": """
                class ClientSession:
                    def __init__(self, base_url=None, *, trust_env=False):
                        self.trusts = trust_env

                """,
            ]
            for (name, text) in files {
                try text.write(to: own.appendingPathComponent(name), atomically: true, encoding: .utf8)
            }
            tool.environment["PYTHONPATH"] = own.path
            return tool
        }

        private static let script = """
            import aiohttp, builtins
            print(builtins.own, aiohttp.ClientSession().trusts, aiohttp.ClientSession(trust_env=False).trusts)
            """

        @Test(.stage, arguments: [([], "ran True False"), (["--no-hooks"], "ran False False")] as [([String], String)])
        func `aiohttp uses the environment unless it is told not to, and the user's own module runs`(
            options: [String],
            expected: String
        ) async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let tool = try Self.prepared(stage)
            let result = try await tool.run(["exec", "p"] + options + ["--", "python3", "-c", Self.script])
            #expect(result.line == expected, "\(result.errors)")
        }

        @Test(.stage) func `an error in the user's own module shows as without tsaccounts`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            var tool = stage.tool
            let own = tool.directory.appendingPathComponent("own")
            try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
            let module = own.appendingPathComponent("sitecustomize.py")
            try "raise ValueError('from the user')".write(to: module, atomically: true, encoding: .utf8)
            tool.environment["PYTHONPATH"] = own.path
            let result = try await tool.run("exec", "p", "--", "python3", "-c", "print('went on')")
            #expect(result.line == "went on")
            #expect(result.errors.contains("ValueError: from the user"))
        }

        @Test(.stage) func `a program without any such library starts as before`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let script = "import sys; print('aiohttp' in sys.modules, 'asyncio' in sys.modules)"
            let result = try await stage.tool.run("exec", "p", "--", "python3", "-c", script)
            #expect(result.line == "False False")
            #expect(result.errors.isEmpty)
        }

        private static let hasNode = FileManager.default.isExecutableFile(atPath: "/usr/bin/node")

        @Test(.enabled(if: hasNode), .stage(EmulatorConfiguration(rotate: true)))
        func `Node's fetch and https reach the profile, whatever NODE_OPTIONS says`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            var tool = stage.tool
            tool.environment["NODE_OPTIONS"] = "--max-old-space-size=256"
            tool.environment["CLIENT_ID"] = stage.emulator.addresses.clientID
            let program = Tool.package.appendingPathComponent("Tests/Clients/programs/script_node.mjs").path
            let result = try await tool.run("exec", "p", "--", "node", program)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("\"accounts\":[\"SIM"))
        }
    }
}
