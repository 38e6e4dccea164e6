import Foundation
import TradeStationSessions

/// What is kept of a self-test that failed, beside its store: no file holds a token in the clear.
struct SelftestEvidence: Sendable {
    let findings: Selftest.Findings

    /// Writes `emulator.jsonl`, a line for each request, and `processes.jsonl`, a line for each process.
    func write(to directory: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let requests = try findings.requests.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
        try write(requests, to: directory + "/emulator.jsonl")
        try write(findings.children.map(\.json.line), to: directory + "/processes.jsonl")
    }

    private func write(_ lines: [String], to path: String) throws {
        do {
            try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw AccountsError(
                .cannotCreate,
                "The evidence cannot be written to \(path).",
                suggestion: "looking into the store beside it: tsaccounts audit"
            )
        }
    }
}
