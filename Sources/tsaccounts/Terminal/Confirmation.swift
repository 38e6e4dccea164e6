import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Asks for a yes before something that cannot be taken back.
enum Confirmation {
    /// Asks, unless `--yes` has answered.
    ///
    /// - Throws: `AccountsError` `input_required` when there is nobody to ask; `Ending` when the answer is no.
    static func demand(
        _ question: String,
        of profile: ProfileName,
        answered: Bool,
        noInput: Bool,
        command: String
    ) async throws {
        if answered { return }
        guard !noInput, HiddenPrompt.isPossible else {
            throw AccountsError(
                .inputRequired,
                profile: profile.text,
                "This cannot be taken back, and there is nobody to ask for a yes.",
                suggestion: "\(command) --yes"
            )
        }
        Console.prompt("\(question) [y/N] ")
        let answer = try await LineInput(descriptor: STDIN_FILENO).next()?.lowercased() ?? ""
        guard answer == "y" || answer == "yes" else {
            Console.standardError("Nothing was done.")
            throw Ending(status: ExitStatus.fine)
        }
    }
}
