import Foundation
import Testing
import TradeStationEmulator
import TradeStationSessions

@testable import tsaccounts

extension CommandLineSuite {
    /// Text of servers, of the database and of file names cannot give commands to a terminal.
    @Suite struct TerminalSafetyTests {
        /// Moves the cursor, sets the title, reverses the text, hides it, and ends a line in three ways.
        private static let evil = "a\u{1B}]0;t\u{7}\u{1B}[2Jb\u{9B}31mc\u{202E}d\u{2066}e\u{200B}f\u{85}g\u{2028}h\rZ"

        /// The characters of a text that are neither visible nor a line feed.
        private func unsafe(_ text: String) -> [Unicode.Scalar] {
            text.unicodeScalars.filter { !$0.isVisible && $0 != "\n" }
        }

        private func evilJSON() throws -> String {
            String(decoding: try JSONEncoder().encode(Self.evil), as: UTF8.self)
        }

        @Test(.stage) func `the error of a sign-in server reaches no terminal unchanged`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            for status in [400, 403, 503] {
                let body = "{\"error\":\(try evilJSON()),\"error_description\":\(try evilJSON())}"
                stage.emulator.script([
                    EmulatorFault(at: .token, when: .before, .respond(status: status, headers: [:], body: body))
                ])
                let failed = try await stage.tool.run("refresh", "p")
                #expect(failed.status == 69)
                #expect(unsafe(failed.errors).isEmpty)
            }
            for command in [["audit"], ["audit", "--json"], ["status"], ["status", "--json"], ["show"], ["list"]] {
                let shown = try await stage.tool.run(command)
                #expect(unsafe(shown.output + shown.errors).isEmpty, "\(command)")
            }
        }

        @Test(.stage) func `columns that somebody edited reach no terminal unchanged`() async throws {
            let stage = try Stage.current
            try await stage.add("p")
            let evil = Self.evil.utf8.map { String(format: "%02x", $0) }.joined()
            let columns = [
                ("profile", ["name", "api_url", "accounts"]),
                ("login", ["username", "subject", "last_error", "scopes", "state"]),
                ("api_key", ["client_id", "authorize_url", "token_url", "redirect_uri", "last_error"]),
            ]
            for (table, names) in columns {
                for name in names {
                    let saved = try await stage.tool.sql("SELECT quote(\(name)) FROM \(table)").line
                    let edit = "UPDATE \(table) SET \(name) = CAST(x'\(evil)' AS TEXT)"
                    let edited = try await stage.tool.sql(
                        "PRAGMA ignore_check_constraints = ON; " + edit,
                        readonly: false
                    )
                    #expect(edited.status == 0, "\(edited.errors)")
                    for command in [["list"], ["status", "--json"], ["show", "p"], ["token", "p", "--timeout", "1"]] {
                        let shown = try await stage.tool.run(command)
                        #expect(unsafe(shown.output + shown.errors).isEmpty, "\(table).\(name): \(command)")
                    }
                    _ = try await stage.tool.sql("UPDATE \(table) SET \(name) = \(saved)", readonly: false)
                }
            }
        }

        @Test(.tool) func `the name of a directory reaches no terminal unchanged`() async throws {
            let tool = try Tool.current
            let store = tool.directory.path + "/" + Self.evil.replacing("/", with: "")
            for command in [["list"], ["status", "--json"], ["audit", "verify"]] {
                let shown = try await tool.run(command + ["--store", store])
                #expect(unsafe(shown.output + shown.errors).isEmpty, "\(command)")
            }
        }

        @Test func `colors stay, and every other command of a terminal goes`() {
            #expect("\u{1B}[1;31mred\u{1B}[0m".terminalSafe == "\u{1B}[1;31mred\u{1B}[0m")
            #expect("a\nb".terminalSafe == "a\nb")
            let safe = Self.evil.terminalSafe
            #expect(unsafe(safe).isEmpty)
            #expect("\u{1B}[2J\u{1B}[31".terminalSafe == " [2J [31")
            #expect(JSONText.string("\u{9B}\u{202E}\u{E0001}é").line == "\"\\u009b\\u202e\\udb40\\udc01é\"")
        }
    }
}
