import Foundation
import Testing

extension CommandLineSuite {
    @Suite struct CompletionCommandTests {
        /// The completions that bash offers for the words of a command line.
        private func bash(_ words: [String], in stage: Stage) async throws -> [String] {
            let result = try await stage.tool.shell(
                """
                source <(tsaccounts completion bash)
                COMP_WORDS=(\(words.map { "'\($0)'" }.joined(separator: " ")))
                COMP_CWORD=\(words.count - 1); COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
                _tsaccounts tsaccounts "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2>/dev/null
                printf '%s\\n' "${COMPREPLY[@]}"
                """
            )
            return result.output.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("-") }.sorted()
        }

        @Test(.stage) func `bash completes profile names, files and the audit`() async throws {
            let stage = try Stage.current
            try await stage.add("swing")
            try await stage.add("slow", sharing: "swing")
            #expect(try await bash(["tsaccounts", "token", "s"], in: stage) == ["slow", "swing"])
            #expect(try await bash(["tsaccounts", "audit", ""], in: stage) == ["slow", "swing", "verify"])
            try Data().write(to: stage.tool.directory.appendingPathComponent("secret.txt"))
            #expect(
                try await bash(["tsaccounts", "set", "swing", "--secret-file", "sec"], in: stage) == ["secret.txt"]
            )
        }

        @Test(.tool, arguments: ["bash", "zsh", "fish"])
        func `a script for each shell asks for profile names, also after audit`(_ shell: String) async throws {
            let result = try await Tool.current.run("completion", shell)
            #expect(result.status == 0)
            let audit =
                shell == "fish"
                ? result.output.split(separator: "\n").filter { $0.contains("\"tsaccounts audit\"") }.joined()
                : String(result.output.components(separatedBy: "_tsaccounts_audit() {")[1].prefix(1_500))
            #expect(audit.contains("---completion token"))
        }

        @Test(.tool) func `completing names makes no store`() async throws {
            let tool = try Tool.current
            let completed = try await tool.run(
                ["---completion", "token", "--", "positional@0", "2", "0", "tsaccounts", "token", ""]
            )
            #expect(completed.status == 0)
            #expect(!FileManager.default.fileExists(atPath: tool.store))
        }
    }
}
