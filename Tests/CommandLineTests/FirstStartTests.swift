import Foundation
import Testing

extension CommandLineSuite {
    @Suite struct FirstStartTests {
        @Test func `twenty processes that start first create one key and one schema, and none fails`() async throws {
            for _ in 0..<3 {
                try await Tool.with { tool in
                    let running = try (0..<20).map { _ in try tool.start(["list", "--json"]) }
                    for process in running {
                        let result = await process.result()
                        #expect(result.status == 0, "\(result.errors)")
                        #expect(result.line == #"{"profiles":[]}"#)
                    }
                    #expect(try await tool.sql("SELECT count(*) FROM store").line == "1")
                    #expect(try await tool.sql("SELECT count(*), count(DISTINCT name) FROM migration").line == "3|3")
                    let files = try FileManager.default.contentsOfDirectory(atPath: tool.store).filter {
                        $0.hasPrefix("key")
                    }
                    #expect(files == ["key"])
                    #expect(try await tool.run("audit", "verify").status == 0)
                }
            }
        }

        @Test(.tool) func `files are private with any umask`() async throws {
            let tool = try Tool.current
            let result = try await tool.shell(
                "umask 0; tsaccounts list -q; find store -type d -perm /077 -o -type f -perm /077"
            )
            #expect(result.status == 0)
            #expect(result.output.isEmpty, "\(result.output)")
        }

        @Test(.tool) func `without a store option the XDG directories contain data and key separately`() async throws {
            let tool = try Tool.current
            let result = try await tool.shell(
                "unset TSACCOUNTS_HOME; XDG_DATA_HOME=$PWD/d XDG_CONFIG_HOME=$PWD/c tsaccounts list -q; ls d/tsaccounts/accounts.db c/tsaccounts/key"
            )
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.line == "c/tsaccounts/key\nd/tsaccounts/accounts.db")
        }

        @Test(.tool) func `insecure permissions are refused with the command that fixes them`() async throws {
            let tool = try Tool.current
            #expect(try await tool.run("list").status == 0)
            chmod(tool.store + "/key", 0o644)
            let refused = try await tool.run("list", "--json")
            #expect(refused.status == 78)
            #expect(refused.errors.contains("\"code\":\"insecure_permissions\""))
            #expect(refused.errors.contains("chmod"))
            chmod(tool.store + "/key", 0o600)
            #expect(try await tool.run("list").status == 0)
        }

        @Test(.tool) func `a missing key is not replaced, and a wrong key is rejected`() async throws {
            let tool = try Tool.current
            #expect(try await tool.run("list").status == 0)
            let key = tool.store + "/key"
            try FileManager.default.moveItem(atPath: key, toPath: key + ".away")
            let missing = try await tool.run("list")
            #expect(missing.status == 78)
            #expect(missing.errors.contains("[key_missing]"))
            #expect(!FileManager.default.fileExists(atPath: key))
            try Data(repeating: 7, count: 32).write(to: URL(fileURLWithPath: key))
            chmod(key, 0o600)
            let foreign = try await tool.run("list")
            #expect(foreign.status == 78)
            #expect(foreign.errors.contains("[key_mismatch]"))
        }
    }
}
