import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct ExecCommandTests {
        /// Runs a Python script on the profile `p`.
        private static func python(_ script: String) -> [String] { ["exec", "p", "--", "python3", "-c", script] }

        // MARK: What the program gets and returns

        @Test(
            .stage,
            arguments: [
                ("exit 0", 0), ("exit 7", 7), ("exit 125", 125), ("exit 255", 255), ("kill -TERM $$", 143),
                ("kill -KILL $$", 137), ("kill -USR1 $$", 138),
            ] as [(String, Int32)]
        )
        func `the exit status is that of the program`(script: String, status: Int32) async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await stage.tool.run("exec", "p", "--", "sh", "-c", script)
            #expect(result.status == status)
            #expect(result.errors.isEmpty)
        }

        @Test(.stage) func `a program that cannot be run is 126, and one that does not exist is 127`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let file = stage.tool.directory.appendingPathComponent("file").path
            try "text".write(toFile: file, atomically: true, encoding: .utf8)
            let denied = try await stage.tool.run("exec", "p", "--", file)
            #expect(denied.status == 126)
            #expect(denied.errors.contains("cannot be run"))
            #expect(denied.errors.contains("Try: chmod +x"))
            let missing = try await stage.tool.run("exec", "p", "--", "no-such-program")
            #expect(missing.status == 127)
            #expect(missing.errors.contains("no-such-program was not found. [usage]"))
            let json = try await stage.tool.run("exec", "p", "--json", "--", "/no/such/program")
            #expect(json.status == 127)
            #expect(json.errors.hasPrefix("{\"code\":\"usage\""))
        }

        @Test(.stage) func `input, output and arguments pass unchanged`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let script = "import sys; print(sys.argv[1:]); print(sys.stdin.read(), file=sys.stderr, end='')"
            let result = try await stage.tool.run(
                Self.python(script) + ["a b", "--json", "--", "-q", ""],
                input: "typed"
            )
            #expect(result.line == "['a b', '--json', '--', '-q', '']")
            #expect(result.errors == "typed")
        }

        @Test(.stage) func `the program inherits mask, limits, ignored signals and descriptors as they were`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            let script = """
                umask 026; ulimit -Sc 0; trap '' HUP; exec 9</dev/null
                show='umask; ulimit -Hc; ulimit -Sc; ls /proc/self/fd | tr "\\n" " "; pwd
                # The two highest of the 33 bits are signals that the C library keeps for itself.
                echo $((0x$(grep SigIgn: /proc/self/status | cut -f 2) & 0x7fffffff))'
                sh -c "$show" > plain
                tsaccounts exec p -- sh -c "$show" > inside
                diff plain inside
                """
            let result = try await stage.tool.shell(script)
            #expect(result.status == 0, "\(result.output)\(result.errors)")
        }

        @Test(.stage) func `without a command there is a usage error with an example`() async throws {
            let result = try await Stage.current.tool.run("exec", "p")
            #expect(result.status == 64)
            #expect(result.errors.contains("tsaccounts exec NAME -- COMMAND"))
        }

        @Test(.stage) func `the only profile needs no name`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await stage.tool.run("exec", "--", "sh", "-c", "echo $TSACCOUNTS_PROFILE")
            #expect(result.line == "p")
        }

        @Test(.stage) func `the program gets a stand-in for the token, and the real one only with --token`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            let show = ["--", "sh", "-c", "echo $TSACCOUNTS_ACCESS_TOKEN"]
            let token = try await stage.tool.run("token", "p").line
            let standIn = try await stage.tool.run(["exec", "p"] + show).line
            #expect(standIn.split(separator: ".").count == 3)
            #expect(standIn != token)
            #expect(try await stage.tool.run(["exec", "p", "--token"] + show).line == token)
        }

        @Test(.stage) func `the environment contains no secret of the store`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let result = try await stage.tool.run("exec", "p", "--", "env")
            let token = try await stage.tool.run("token", "p").line
            for secret in [token, stage.emulator.addresses.clientSecret] { #expect(!result.output.contains(secret)) }
            #expect(result.output.contains("TSACCOUNTS_ENVIRONMENT=sim\n"))
        }

        @Test(.stage) func `the files of a run are gone after it, and no other user could read them`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            var tool = stage.tool
            let runtime = tool.directory.appendingPathComponent("runtime").path
            try FileManager.default.createDirectory(atPath: runtime, withIntermediateDirectories: true)
            tool.environment["XDG_RUNTIME_DIR"] = runtime
            let script = "stat -c %a $(dirname $SSL_CERT_FILE) $SSL_CERT_FILE $NODE_EXTRA_CA_CERTS; echo $SSL_CERT_FILE"
            let result = try await tool.run("exec", "p", "--", "sh", "-c", script)
            #expect(result.output.hasPrefix("700\n600\n600\n\(runtime)/tsaccounts-exec-"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: runtime).isEmpty)
        }

        @Test(.stage) func `the audit records the use once, whatever the program does`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let script = """
                import os, urllib.request
                for _ in range(3):
                    urllib.request.urlopen(os.environ["TSACCOUNTS_API_URL"] + "/v3/brokerage/accounts").read()
                """
            #expect(try await stage.tool.run(Self.python(script)).status == 0)
            let rows = try await stage.tool.sql("SELECT detail FROM audit WHERE event = 'profile_used'")
            #expect(rows.line.split(separator: "\n").count == 1)
            #expect(rows.line.contains("\"door\":\"exec\""))
            #expect(rows.line.contains("\"program\":\"python3\""))
        }

        // MARK: Refusals before the start

        @Test(.stage, arguments: [("--sim", "live"), ("--live", "sim")])
        func `--require refuses a profile of the other environment before anything starts`(
            environment: String,
            required: String
        ) async throws {
            let stage = try Stage.current
            try await stage.add("p", environment: environment)
            let result = try await stage.tool.run("exec", "p", "--require", required, "--", "touch", "started")
            #expect(result.status == 77)
            #expect(
                result.errors.contains("is a \(environment.dropFirst(2)) profile, and --require \(required) was given")
            )
            #expect(result.errors.contains("Try: "))
            #expect(
                !FileManager.default.fileExists(atPath: stage.tool.directory.appendingPathComponent("started").path)
            )
            let fitting = required == "sim" ? "live" : "sim"
            #expect(try await stage.tool.run("exec", "p", "--require", fitting, "--", "true").status == 0)
        }

        @Test(.stage) func `a profile that must be signed in is refused before anything starts`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            #expect(try await stage.tool.run("logout", "p").status == 0)
            let result = try await stage.tool.run("exec", "p", "--", "touch", "started")
            #expect(result.status == 77)
            #expect(result.errors.contains("Try: tsaccounts login p"))
            #expect(
                !FileManager.default.fileExists(atPath: stage.tool.directory.appendingPathComponent("started").path)
            )
        }
    }
}
