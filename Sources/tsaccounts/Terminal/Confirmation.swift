import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Asks for confirmation before an action that cannot be undone.
struct Confirmation {
    /// Whether the option `--yes` answers the question.
    let assumesYes: Bool
    /// Whether the user can be asked.
    let canAsk: Bool

    /// Asks the question, unless `--yes` was given.
    ///
    /// - Parameter command: The command that asks no question.
    /// - Throws: `AccountsError` `input_required` if no terminal exists; `Ending` if the answer is no.
    func demand(_ question: String, of profile: String, command: String) async throws {
        guard assumesYes || canAsk else {
            throw AccountsError(
                .inputRequired,
                profile: profile,
                "There is no terminal to confirm on; use --yes.",
                reason: "The command cannot be undone, so it must be confirmed.",
                suggestion: command
            )
        }
        try await ask(question)
    }

    /// Asks the question on a terminal. Without a terminal, or with `--yes`, the answer is yes.
    ///
    /// - Throws: `Ending` if the answer is no.
    func ask(_ question: String) async throws {
        guard !assumesYes, canAsk else { return }
        Console.prompt("\(question) [y/N] ")
        let answer = try await LineInput(descriptor: STDIN_FILENO).next()?.lowercased() ?? ""
        guard answer == "y" || answer == "yes" else {
            Console.standardError("Nothing was changed.")
            throw Ending(status: ExitStatus.declined)
        }
    }
}
