import Foundation
import Testing

extension CommandLineSuite {
    @Suite struct FirstStartTests {
        @Test func `twenty processes that start first create one key and one schema, and none fails`() async throws {
            for _ in 0..<3 {
                try await Tool.with { tool in
                    let running = try (0..<20).map { number in
                        try tool.start(
                            [
                                "add", "profile", "p\(number)", "--sim", "--client-id", "\(number)", "--no-login",
                                "--json",
                            ]
                        )
                    }
                    for process in running {
                        let result = await process.result()
                        #expect(result.status == 0, "\(result.errors)")
                    }
                    #expect(try await tool.sql("SELECT count(*) FROM profile").line == "20")
                    #expect(try await tool.sql("SELECT count(*) FROM store").line == "1")
                    #expect(try await tool.sql("SELECT count(*), count(DISTINCT name) FROM migration").line == "4|4")
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
                "umask 0; tsaccounts add profile p --sim --client-id c --no-login -q; find store -type d -perm /077 -o -type f -perm /077"
            )
            #expect(result.status == 0)
            #expect(result.output.isEmpty, "\(result.output)")
        }

        @Test(.tool) func `without a store option the XDG directories contain data and key separately`() async throws {
            let tool = try Tool.current
            let result = try await tool.shell(
                """
                unset TSACCOUNTS_HOME; export XDG_DATA_HOME=$PWD/d XDG_CONFIG_HOME=$PWD/c
                tsaccounts add profile p --sim --client-id c --no-login -q; ls d/tsaccounts/accounts.db c/tsaccounts/key
                """
            )
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.line == "c/tsaccounts/key\nd/tsaccounts/accounts.db")
        }

        @Test(.tool) func `insecure permissions are refused with the command that fixes them`() async throws {
            let tool = try Tool.current
            try await tool.makeStore()
            chmod(tool.directory.path, 0o755)
            chmod(tool.store, 0o755)
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
            try await tool.makeStore()
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

        @Test(
            .tool,
            arguments: [
                ["list"], ["status"], ["status", "p"], ["show"], ["token"], ["token", "p"], ["audit"],
                ["audit", "verify"],
                ["refresh", "p"], ["refresh", "--all"], ["refresh", "--all", "--due"], ["serve"], ["login", "p"],
                ["logout", "p"], ["rename", "p", "q"], ["remove", "p", "--yes"], ["revoke", "p", "--yes"],
                ["set", "p", "--read-only", "on"], ["backup", "copy"], ["add", "profile", "q", "--same-login-as", "p"],
            ]
        )
        func `a command that adds nothing names the store that is not there, and makes none`(command: [String])
            async throws
        {
            let tool = try Tool.current
            let result = try await tool.run(command + ["--timeout", "5"])
            #expect(result.status == 78, "\(result.errors)")
            #expect(result.output.isEmpty)
            #expect(result.errors.contains("There is no store at \(tool.store). [store_missing]"))
            #expect(result.errors.contains("Try: "))
            #expect(!FileManager.default.fileExists(atPath: tool.store))
        }

        @Test(.tool) func `a store is named by a path, whatever the shell did not expand`() async throws {
            let tool = try Tool.current
            let script = """
                unset TSACCOUNTS_HOME
                mkdir a b; cd a
                TSACCOUNTS_HOME='~/trading' tsaccounts add profile p --sim --client-id c --no-login -q || exit 1
                cd ../b
                tsaccounts list --store='~/trading' --json -q | grep -q '"p"' || exit 2
                TSACCOUNTS_HOME=trading tsaccounts list; [ $? = 78 ] || exit 3
                tsaccounts add profile q --store file:x --sim --client-id c --no-login -q || exit 4
                tsaccounts list --store file:x --json | grep -q '"q"' || exit 5
                cd ..; find . -name accounts.db -o -name '~*' -o -name '*mode*' | sort
                """
            let result = try await tool.shell(script)
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.line == "./b/file:x/accounts.db\n./trading/accounts.db")
        }
    }
}
