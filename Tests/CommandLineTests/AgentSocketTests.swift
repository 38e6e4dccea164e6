import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite(.timeLimit(.minutes(20))) struct AgentSocketTests {
        /// Runs `serve` until `body` ends.
        private func serve(
            _ stage: Stage,
            _ options: [String] = [],
            environment: [String: String] = [:],
            _ body: (RunningTool) async throws -> Void
        ) async throws {
            var tool = stage.tool
            tool.environment.merge(environment) { $1 }
            let serving = try tool.start(["serve"] + options)
            var lines = serving.errorLines.makeAsyncIterator()
            while let line = await lines.next(), !line.hasPrefix("Keeping ") {}
            try await body(serving)
            serving.signal(SIGTERM)
            #expect(await serving.result().status == 0)
        }

        private func socket(_ stage: Stage) -> String { stage.tool.store + "/agent/agent.sock" }

        private func curl(_ stage: Stage, _ path: String, _ options: String = "") async throws -> Tool.Result {
            try await stage.tool.shell("curl -sS \(options) --unix-socket '\(socket(stage))' 'http://localhost\(path)'")
        }

        @Test(.stage) func `curl gets what the commands print, on a socket of this user alone`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await serve(stage) { _ in
                #expect(try await stage.tool.shell("stat -c %a '\(socket(stage))'").line == "600")
                #expect(try await stage.tool.shell("stat -c %a '\(stage.tool.store)/agent'").line == "700")
                var off = stage.tool
                off.environment["TSACCOUNTS_SOCKET"] = ""
                let plain = try await off.run("token", "p")
                let token = try await curl(stage, "/v1/profiles/p/token")
                #expect(token.output.contains(#""access_token":"\#(plain.line)""#))
                let list = try await stage.tool.run("list", "--json")
                func withoutSeconds(_ text: String) -> String { text.replacing(/_in_seconds":\d+/, with: "") }
                #expect(try await withoutSeconds(curl(stage, "/v1/profiles").output) == withoutSeconds(list.output))
                let missing = try await curl(stage, "/v1/profiles/q/token", "-w '%{http_code}'")
                #expect(missing.output.hasPrefix(#"{"code":"profile_not_found","message":""#))
                #expect(missing.output.hasSuffix("404"))
            }
            #expect(!FileManager.default.fileExists(atPath: socket(stage)))
        }

        @Test(.stage) func `token prints the same with the agent and without it`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            var off = stage.tool
            off.environment["TSACCOUNTS_SOCKET"] = ""
            try await serve(stage) { _ in
                for arguments in [
                    ["token", "p"], ["token", "p", "--json"], ["token", "q"], ["token", "p", "--min-validity", "9999"],
                ] {
                    let (with, without) = (try await stage.tool.run(arguments), try await off.run(arguments))
                    #expect(with.status == without.status)
                    let seconds = /"expires_in_seconds":\d+/
                    #expect(with.output.replacing(seconds, with: "") == without.output.replacing(seconds, with: ""))
                    #expect(with.errors == without.errors)
                }
                // On a busy machine the agent may be too slow, and the command then does without it.
                func uses() async throws -> String {
                    try await stage.tool.sql(
                        "SELECT DISTINCT json_extract(detail, '$.door') || ' ' || json_extract(detail, '$.program') "
                            + "FROM audit WHERE event = 'profile_used'"
                    ).line
                }
                while try await uses().isEmpty { #expect(try await stage.tool.run("token", "p").status == 0) }
                #expect(try await uses() == "agent tsaccounts")
            }
        }

        @Test(.stage) func `an agent of another store is not asked`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await serve(stage) { _ in
                var other = Tool(directory: stage.tool.directory.appendingPathComponent("other"))
                try FileManager.default.createDirectory(at: other.directory, withIntermediateDirectories: false)
                try await other.makeStore()
                other.environment["TSACCOUNTS_SOCKET"] = socket(stage)
                let refused = try await other.run("token", "p")
                #expect(refused.status == 66)
                #expect(refused.output.isEmpty)
            }
        }

        @Test(.stage) func `a second serve leaves the socket to the first, and keeps profiles fresh`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await serve(stage) { _ in
                let second = try stage.tool.start(["serve"])
                var lines = second.errorLines.makeAsyncIterator()
                var notes = ""
                while let line = await lines.next() {
                    notes += line + "\n"
                    if line == "Keeping 1 profile fresh: p." { break }
                }
                #expect(notes.contains("Another process listens on the socket \(socket(stage))."), "\(notes)")
                second.signal(SIGTERM)
                #expect(await second.result().status == 0)
                #expect(try await curl(stage, "/healthz").output.hasPrefix(#"{"status":"ok""#))
            }
        }

        @Test(.stage, .enabled(if: geteuid() == 0, "only root can become another user"))
        func `another user is refused`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await serve(stage) { _ in
                let path = "/tmp/tsa-open-\(getpid()).sock"
                // A hard link outside the private directory, open to everyone: only the check of the user remains.
                let ask = """
                    ln '\(socket(stage))' \(path) && chmod 666 \(path) && trap 'rm -f \(path)' EXIT
                    setpriv --reuid 65534 --regid 65534 --clear-groups \
                    curl -sS -w '%{http_code}' --unix-socket \(path) http://localhost/v1/profiles/p/token
                    """
                let answer = try await stage.tool.shell(ask)
                #expect(answer.output.hasPrefix(#"{"code":"other_user","message":""#), "\(answer.errors)")
                #expect(answer.output.hasSuffix("403"))
                #expect(!answer.output.contains("access_token"))
            }
        }

        @Test(.stage) func `a directory that cannot be used costs the socket only`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let open = stage.tool.directory.appendingPathComponent("open").path
            try FileManager.default.createDirectory(
                atPath: open,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o755]
            )
            let serving = try stage.tool.start(["serve", "--socket", open + "/s"])
            var lines = serving.errorLines.makeAsyncIterator()
            let first = await lines.next()
            #expect(first?.hasPrefix("Other users may enter the directory \(open).") == true)
            while let line = await lines.next(), line != "Keeping 1 profile fresh: p." {}
            serving.signal(SIGTERM)
            #expect(await serving.result().status == 0)
        }

        @Test(.stage) func `after kill -9, the next serve takes the socket of the dead one`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let first = try stage.tool.start(["serve"])
            var lines = first.errorLines.makeAsyncIterator()
            while let line = await lines.next(), !line.hasPrefix("Keeping ") {}
            first.signal(SIGKILL)
            _ = await first.result()
            #expect(FileManager.default.fileExists(atPath: socket(stage)))
            // The dead socket costs token nothing but a refused connection.
            #expect(try await stage.tool.run("token", "p").status == 0)
            try await serve(stage) { _ in
                let answer = try await curl(stage, "/v1/profiles/p/token")
                #expect(answer.output.hasPrefix(#"{"profile":"p""#))
            }
        }

        @Test(.stage) func `a client that retries once sees no error while serve is killed and restarted`() async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            // The socket is another process's, as with systemd: connections wait while serve restarts.
            let script = """
                import os, socket, sys, time
                path = sys.argv[1]
                listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                listener.bind(path)
                listener.listen(128)
                def start():
                    pid = os.fork()
                    if pid == 0:
                        os.dup2(listener.fileno(), 3)
                        os.set_inheritable(3, True)
                        os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
                        os.execvp("tsaccounts", ["tsaccounts", "serve", "-q"])
                    return pid
                def ask():
                    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                    client.connect(path)
                    client.sendall(b"GET /v1/profiles/p/token HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n")
                    answer = b""
                    while piece := client.recv(65536):
                        answer += piece
                    if not answer.startswith(b"HTTP/1.1 200 "):
                        raise OSError("no token: " + answer[:40].decode())
                server = start()
                retries = 0
                for number in range(300):
                    if number % 100 == 50:
                        os.kill(server, 9)
                        os.waitpid(server, 0)
                        server = start()
                    try:
                        ask()
                    except OSError:
                        retries += 1
                        ask()
                os.kill(server, 15)
                print(os.waitstatus_to_exitcode(os.waitpid(server, 0)[1]))
                """
            let file = stage.tool.directory.appendingPathComponent("restart.py")
            try script.write(to: file, atomically: true, encoding: .utf8)
            let path = stage.tool.directory.appendingPathComponent("passed.sock").path
            let result = try await stage.tool.shell("python3 '\(file.path)' '\(path)'")
            #expect(result.line == "0", "\(result.errors)")
        }
    }
}
