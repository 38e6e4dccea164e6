import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Asks for confirmation before an action that cannot be undone.
enum Confirmation {
    /// Asks the question, unless `--yes` was given.
    ///
    /// - Throws: `AccountsError` `input_required` if no terminal exists; `Ending` if the answer is no.
    static func demand(
        _ question: String,
        of profile: String,
        answered: Bool,
        noInput: Bool,
        command: String
    ) async throws {
        if answered { return }
        guard !noInput, HiddenPrompt.isPossible else {
            throw AccountsError(
                .inputRequired,
                profile: profile,
                "This cannot be undone, and there is no terminal to ask for confirmation.",
                suggestion: "\(command) --yes"
            )
        }
        Console.prompt("\(question) [y/N] ")
        let answer = try await LineInput(descriptor: STDIN_FILENO).next()?.lowercased() ?? ""
        guard answer == "y" || answer == "yes" else {
            Console.standardError("Nothing was changed.")
            throw Ending(status: ExitStatus.fine)
        }
    }
}
