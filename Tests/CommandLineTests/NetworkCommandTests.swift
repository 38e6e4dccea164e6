import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    /// What a user sees of the network.
    @Suite struct NetworkCommandTests {
        /// Adds a profile whose sign-in server is elsewhere, which asks that server at once.
        private func addElsewhere(
            _ environment: [String: String],
            _ options: [String] = [],
            named name: String = "p",
            at base: String = "https://auth.corp.test",
            with tool: Tool? = nil
        ) async throws -> Tool.Result {
            var tool = try tool ?? Tool.current
            let file = tool.directory.path + "/refresh-token"
            try Data("rt-0".utf8).write(to: URL(fileURLWithPath: file))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
            tool.environment.merge(environment) { $1 }
            return try await tool.run(
                ["add", "profile", name, "--sim", "--client-id", "c", "--refresh-token-file", file]
                    + ["--authorize-url", base + "/authorize", "--token-url", base + "/token"]
                    + ["--revoke-url", base + "/revoke", "--api-url", base] + options
            )
        }

        @Test(.tool) func `a proxy that does not answer is named, and its password is shown nowhere`() async throws {
            let tool = try Tool.current
            for options in [[], ["-v"], ["--json"]] {
                let result = try await addElsewhere(["HTTPS_PROXY": "http://ann:pr0xy-p4ss@127.0.0.1:1"], options)
                #expect(result.status == 69)
                #expect(result.errors.contains("server_unreachable"))
                #expect(result.errors.contains("No connection to the proxy 127.0.0.1:1 could be established."))
                #expect(!(result.output + result.errors).contains("p4ss"))
            }
            #expect(try await tool.shell("grep -raFl -- p4ss store || true").output.isEmpty)
        }

        @Test(.tool) func `a proxy that is not supported is an error that names what is`() async throws {
            let result = try await addElsewhere(["ALL_PROXY": "socks5://ann:pr0xy-p4ss@127.0.0.1:1080"])
            #expect(result.status == 69)
            #expect(
                result.errors.contains(
                    "The proxy in ALL_PROXY has the scheme socks5://, but only http:// proxies are supported."
                )
            )
            #expect(result.errors.contains("Try: set ALL_PROXY to http://HOST:PORT, or unset it"))
            #expect(!result.errors.contains("p4ss"))
        }

        @Test(.tool) func `a variable that leads to no certificate is named`() async throws {
            let result = try await addElsewhere(["SSL_CERT_FILE": "/nonexistent"])
            #expect(result.status == 69)
            #expect(result.errors.contains("SSL_CERT_FILE does not point to a readable CA certificate"))
        }

        @Test(.stage) func `an answer that breaks the rules of HTTP is server_error`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            try await stage.age()
            let server = try RunningTool(
                URL(fileURLWithPath: "/usr/bin/env"),
                [
                    "python3", "-uc",
                    """
                    import socket
                    listener = socket.create_server(("127.0.0.1", 0))
                    print(listener.getsockname()[1])
                    while True:
                        client, _ = listener.accept()
                        client.recv(65536)
                        client.sendall(b"HTTP/1.1 000 x\\r\\nContent-Length: 2\\r\\n\\r\\n{}")
                        client.close()
                    """,
                ],
                input: nil,
                directory: stage.tool.directory,
                environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"]
            )
            defer { server.signal(SIGKILL) }
            let port = try #require(await server.outputLines.first { _ in true })
            let base = "http://127.0.0.1:\(port)"
            let failed = try await addElsewhere([:], ["--json"], named: "q", at: base, with: stage.tool)
            #expect(failed.status == 69)
            #expect(failed.errors.contains("\"code\":\"server_error\""))
            #expect(failed.errors.contains("The answer is not valid HTTP."))
        }
    }
}
