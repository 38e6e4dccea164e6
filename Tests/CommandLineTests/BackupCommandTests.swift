import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    @Suite struct BackupCommandTests {
        private func mode(_ path: String) throws -> Int {
            try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
        }

        @Test(.stage) func `a backup is a store of its own with private files, and is restored as it says`()
            async throws
        {
            let stage = try Stage.current
            try await stage.add("p")
            let path = stage.tool.directory.appendingPathComponent("a copy").path
            let made = try await stage.tool.shell("umask 0; exec tsaccounts backup 'a copy'")
            #expect(made.status == 0, "\(made.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == ["accounts.db", "key"])
            #expect(try mode(path) == 0o700)
            for file in ["accounts.db", "key"] { #expect(try mode("\(path)/\(file)") == 0o600) }
            let copied = try await stage.tool.sql("SELECT count(*) FROM audit").line

            // The original changes and is lost.
            #expect(try await stage.tool.run("rename", "p", "q").status == 0)
            try FileManager.default.removeItem(atPath: stage.tool.store + "/key")
            let commands = made.errors.split(separator: "\n").filter { $0.hasPrefix("  ") }
            #expect(commands.count == 5)
            let restored = try await stage.tool.shell("set -e\n" + commands.joined(separator: "\n"))
            #expect(restored.status == 0, "\(restored.errors)")
            #expect(try await stage.tool.sql("SELECT count(*) FROM audit").line == copied)
            #expect(try await stage.tool.run("refresh", "p").status == 0)
        }

        @Test(.stage) func `a backup overwrites nothing, and none is left half written`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let home = stage.tool.directory
            func copies() throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: home.path).filter { $0.hasPrefix("copy") }.sorted()
            }
            let occupied = home.appendingPathComponent("copy")
            try Data("mine".utf8).write(to: occupied)
            let refused = try await stage.tool.run("backup", "copy")
            #expect(refused.status == 73)
            #expect(refused.errors.contains("copy already exists. [cannot_create]"))
            #expect(try Data(contentsOf: occupied) == Data("mine".utf8))
            let misplaced = try await stage.tool.run("backup", "copy/deeper")
            #expect(misplaced.status == 73)
            #expect(try copies() == ["copy"])
            // The disk is full, as far as the command can see.
            let full = try await stage.tool.shell("trap '' XFSZ; ulimit -f 64; exec tsaccounts backup copy2")
            #expect(full.status == 74, "\(full.errors)")
            #expect(try copies() == ["copy"])
        }

        @Test(.stage) func `a backup during refreshes has an unbroken audit`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            func refresh() async throws {
                for _ in 1...5 {
                    let refreshed = try await stage.tool.run("refresh", "p")
                    #expect(refreshed.status == 0, "\(refreshed.errors)")
                }
            }
            async let refreshing: Void = refresh()
            for number in 1...5 {
                let made = try await stage.tool.run("backup", "copy\(number)", "--json")
                #expect(made.status == 0, "\(made.errors)")
                let path = stage.tool.directory.appendingPathComponent("copy\(number)").path
                #expect(made.line == #"{"directory":"\#(path)","profiles":["p"]}"#)
                #expect(try await stage.tool.run("audit", "verify", "--store", path).status == 0)
            }
            try await refreshing
        }
    }
}
