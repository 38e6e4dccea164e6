import Foundation
import TradeStationEmulator

/// What came of a process that asked for a token.
enum ChildOutcome: Sendable, Equatable {
    /// It printed a token, told by its fingerprint.
    case served(String)
    /// It printed an error, told by its code, or ended in another way than it should.
    case failed(String)
    /// It was killed.
    case killed

    private struct Line: Decodable {
        let accessToken: String?
        let code: String?

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case code
        }
    }

    /// Reads the end of `tsaccounts token --json`.
    init(_ end: ChildProcess.End) {
        if let signal = end.signal {
            self = signal == SIGKILL ? .killed : .failed("signal_\(signal)")
            return
        }
        let lines = end.output.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
        if end.status == 0, lines.count == 1, let token = lines[0].accessToken {
            self = .served(Fingerprint.of(token))
        } else {
            self = .failed(lines.last?.code ?? "exit_\(end.status)")
        }
    }
}
