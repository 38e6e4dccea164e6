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
    /// - Throws: `CancellationError`.
    static func ask(_ question: String) async throws -> Secret {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else {
            throw AccountsError(
                .inputRequired,
                "There is no terminal for the prompt.",
                suggestion: "--secret-file FILE, or - for standard input"
            )
        }
        defer { close(terminal) }
        var shown = termios()
        tcgetattr(terminal, &shown)
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(terminal, TCSAFLUSH, &hidden)
        defer { tcsetattr(terminal, TCSAFLUSH, &shown) }
        Console.prompt(question)
        defer { Console.prompt("\n") }
        let line = try await LineInput(descriptor: terminal).next() ?? ""
        try Task.checkCancellation()
        return Secret(line)
    }
}
