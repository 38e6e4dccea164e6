import Foundation
import TradeStationSessions

/// The files that are kept after a failed self-test, beside its store. They contain no tokens, only fingerprints.
struct SelftestEvidence: Sendable {
    let findings: Selftest.Findings

    /// Writes `emulator.jsonl` with a line for each request, and `processes.jsonl` with a line for each process.
    func write(to directory: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let requests = try findings.requests.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
        try write(requests, to: "emulator.jsonl", in: directory)
        try write(findings.children.map(\.json.line), to: "processes.jsonl", in: directory)
    }

    private func write(_ lines: [String], to name: String, in directory: String) throws {
        let file = URL(fileURLWithPath: directory).appendingPathComponent(name)
        do {
            try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: file)
        } catch {
            throw AccountsError(
                .cannotCreate,
                "The results cannot be written to \(file.path).",
                suggestion: "tsaccounts audit --store \(directory)"
            )
        }
    }
}
