import TradeStationBroker
import TradeStationSessions

/// Failures as text. The text leaves out arguments that may be secrets typed in the wrong place.
enum FailureText {
    /// A failure in at most three human-readable lines: what happened, why, and what to do next.
    static func plain(_ error: AccountsError, about profile: ProfileName? = nil) -> String {
        let lines = [
            "\(profile?.text ?? "tsaccounts"): \(error.message) [\(error.code)]", error.reason.map { "  \($0)" },
            suggestion(error).map { "  Try: \($0)" },
        ].map { $0?.printable(limit: .max) }
        return MistypedSecrets.ofThisProcess.hidden(in: lines.compactMap { $0 }.joined(separator: "\n"))
    }

    /// The suggestion. It replaces "run the same command" by the command line, so that the user can paste it.
    static func suggestion(_ error: AccountsError) -> String? {
        guard let advice = error.suggestion, advice.hasPrefix(sameCommand) else {
            return error.suggestion.map { PastableCommand($0).text }
        }
        let remark = advice.dropFirst(sameCommand.count).drop { $0 == "," || $0 == " " }
        let command = (["tsaccounts"] + CommandLine.arguments.dropFirst()).map(\.shellQuoted).joined(separator: " ")
        return remark.isEmpty ? command : "\(command)   # \(remark)"
    }

    /// The words of a suggestion that stand for the command line.
    static let sameCommand = "run the same command"

    /// A failure as one line of JSON.
    static func json(_ error: AccountsError) -> String {
        let message = [error.message, error.reason].compactMap { $0 }.joined(separator: " ")
        let line = JSONText.object([
            ("code", .string(error.code.rawValue)), ("message", .string(message)),
            ("try", .optional(suggestion(error))), ("profile", .optional(error.profile)),
        ]).line
        return MistypedSecrets.ofThisProcess.hidden(in: line)
    }
}
