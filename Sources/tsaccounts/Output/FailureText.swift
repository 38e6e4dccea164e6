import TradeStationSessions

/// How a failure is said.
enum FailureText {
    /// At most three lines for a person: what, why, and what to type next.
    static func plain(_ error: AccountsError, about profile: ProfileName? = nil) -> String {
        let lines = [
            "\(profile?.text ?? "tsaccounts"): \(error.message) [\(error.code)]", error.reason.map { "  \($0)" },
            suggestion(error).map { "  Try: \($0)" },
        ]
        return lines.compactMap { $0 }.joined(separator: "\n")
    }

    /// The advice, with "the same command" spelled out so that it can be pasted. Arguments hold no secrets.
    private static func suggestion(_ error: AccountsError) -> String? {
        guard let advice = error.suggestion, advice.hasPrefix("the same command") else { return error.suggestion }
        let remark = advice.dropFirst("the same command".count).drop { $0 == "," || $0 == " " }
        let command = (["tsaccounts"] + CommandLine.arguments.dropFirst()).map(quoted).joined(separator: " ")
        return remark.isEmpty ? command : "\(command)   # \(remark)"
    }

    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:=@%+,".contains($0)) }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }

    /// One line for a program.
    static func json(_ error: AccountsError) -> String {
        let message = [error.message, error.reason].compactMap { $0 }.joined(separator: " ")
        return JSONText.object([
            ("code", .string(error.code.rawValue)), ("message", .string(message)),
            ("try", .optional(suggestion(error))), ("profile", .optional(error.profile)),
        ]).line
    }
}
