import Foundation
import TradeStationEmulator

/// The result of a process that requested a token.
enum ChildOutcome: Sendable, Equatable {
    /// The process printed a token. The value is the token's fingerprint.
    case served(String)
    /// The process failed. The value is the code of the error that it printed, or describes how it ended.
    case failed(String)
    /// The process was killed.
    case killed

    private struct Line: Decodable {
        let accessToken: String?
        let code: String?

        enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case code
        }
    }

    /// Interprets the output and the exit status of `tsaccounts token --json`.
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
