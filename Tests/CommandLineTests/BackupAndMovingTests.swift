import Foundation
import Testing
import TradeStationEmulator

extension CommandLineSuite {
    /// Follows the article "Back up, move and remove a store" step by step.
    @Suite(.timeLimit(.minutes(20))) struct BackupAndMovingTests {
        /// The shell commands below each heading of the article.
        private static func recipes() throws -> [String: [String]] {
            let file = Tool.package.appendingPathComponent(
                "Sources/TradeStationSessions/Documentation.docc/BackupAndMoving.md"
            )
            let text = try String(contentsOf: file, encoding: .utf8)
            let sections = text.components(separatedBy: "\n##").dropFirst().map { section -> (String, [String]) in
                let title = section.prefix { $0 != "\n" }.drop { $0 == "#" || $0 == " " }
                let blocks = section.components(separatedBy: "```sh\n").dropFirst()
                return (String(title), blocks.map { $0.components(separatedBy: "\n```")[0] })
            }
            return Dictionary(uniqueKeysWithValues: sections)
        }

        /// A machine with a home directory of its own.
        private struct Machine {
            let tool: Tool
            let path: String
            let paths: String

            /// - Parameter paths: The commands that set the variables of the article.
            init(_ tool: Tool, _ stage: Stage, paths: String) throws {
                var tool = tool
                tool.environment = ["XDG_DATA_HOME": "", "XDG_CONFIG_HOME": "", "TSACCOUNTS_HOME": ""]
                tool.environment["CLIENT_ID"] = stage.emulator.addresses.clientID
                self.tool = tool
                self.paths = paths
                let directory = tool.directory.appendingPathComponent("stand-ins")
                try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
                let options = (stage.endpoints + ["--api-url", stage.emulator.addresses.liveURL]).joined(separator: " ")
                let scripts = [
                    "tsaccounts": """
                    case "$*" in
                    *--client-id*) exec \(Tool.binary.path) "$@" \(options) --no-login ;;
                    *) exec \(Tool.binary.path) "$@" ;;
                    esac
                    """,
                    "systemctl": "exit 0", "git": "exit 0",
                    "swift":
                        "case \"$*\" in *--show-bin-path) echo \(Tool.binary.deletingLastPathComponent().path) ;; esac",
                ]
                for (name, script) in scripts {
                    let file = directory.appendingPathComponent(name)
                    try Data("#!/bin/bash\n\(script)\n".utf8).write(to: file)
                    chmod(file.path, 0o755)
                }
                path = directory.path
                try Data(stage.emulator.addresses.clientSecret.utf8).write(
                    to: tool.directory.appendingPathComponent("secret.txt")
                )
            }

            @discardableResult
            func follow(_ commands: String, status: Int32 = 0) async throws -> Tool.Result {
                let result = try await tool.shell("set -e -o pipefail\n\(paths)\n\(commands)", path: path)
                #expect(result.status == status, "\(commands)\n\(result.output)\(result.errors)")
                return result
            }
        }

        @Test(.stage(EmulatorConfiguration(rotate: true, overlapSeconds: 0)))
        func `every recipe works as written`() async throws {
            let stage = try Stage.current
            let recipes = try Self.recipes()
            func blocks(_ title: String) throws -> [String] { try #require(recipes[title], "\(title)") }
            let paths = try #require(try blocks("Overview").first)
            let old = try Machine(stage.tool, stage, paths: paths)
            // A profile with a sign-in, in the directories of the article.
            try await stage.add("swing", environment: "--live")
            try await old.follow(
                """
                mkdir -p -m 700 ~/.local/share ~/.config "$CONFIG"
                mv \(stage.tool.store) "$DATA"
                mv "$DATA/key" "$CONFIG/key"
                tsaccounts refresh swing
                """
            )

            try await old.follow(try blocks("Back up")[0])
            try await old.follow("rm -r \"$DATA\" \"$CONFIG/key\"")
            try await old.follow(try blocks("Restore")[0])
            try await old.follow("tsaccounts refresh swing")

            let move = try blocks("Move to another machine")
            #expect(move.count == 3)
            try await old.follow(move[0])
            try await Tool.with { tool in
                let new = try Machine(tool, stage, paths: paths)
                try await old.follow("cp ~/tsaccounts-move.tgz \(tool.directory.path)/")
                try await new.follow(move[1])
                try await old.follow(move[2])
                // Nothing on the old machine can end the sign-in.
                #expect(try await old.tool.shell("tsaccounts refresh swing", path: old.path).status != 0)
                try await new.follow("tsaccounts refresh swing")
                try await new.follow(try blocks("Upgrade")[0])

                try await new.follow("rm \"$CONFIG/key\"")
                try await new.follow("tsaccounts status", status: 78)
                try await new.follow(try #require(try blocks("Start anew, for example after a lost key").first))
                #expect(try await new.follow("tsaccounts list").output.contains("swing"))

                try await new.follow(try blocks("Uninstall")[0])
                let left = try await new.tool.shell("find ~/.local ~/.config -type f")
                #expect(left.output.isEmpty)
            }
            #expect(stage.emulator.counts.refused == 0)
        }
    }
}
