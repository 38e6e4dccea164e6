import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Asks for a secret on the terminal, without echo.
enum HiddenPrompt {
    /// True if standard input and standard error are terminals.
    static var isPossible: Bool { Console.isTerminal(STDIN_FILENO) && Console.isTerminal(STDERR_FILENO) }

    /// Asks the question with the echo off. The echo is always switched on again.
    ///
    /// - Returns: The line as it was typed.
    /// - Throws: `CancellationError`.
    static func ask(_ question: String) async throws -> String {
        let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else {
            throw AccountsError(
                .inputRequired,
                "There is no terminal for the prompt.",
                suggestion: "use --secret-file FILE, or --secret-file - for standard input"
            )
        }
        defer { close(descriptor) }
        return try await HiddenTerminal(descriptor, question: question).withEchoOff {
            let line = try await LineInput(descriptor: descriptor).next() ?? ""
            try Task.checkCancellation()
            return line
        }
    }
}
