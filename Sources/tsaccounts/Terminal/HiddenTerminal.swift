#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A terminal that does not echo what is typed.
struct HiddenTerminal: Sendable {
    private let descriptor: Int32
    private let question: String
    private let settingsWithEcho: termios

    /// - Parameters:
    ///   - descriptor: The terminal.
    ///   - question: What the user is asked.
    init(_ descriptor: Int32, question: String) {
        var settings = termios()
        tcgetattr(descriptor, &settings)
        self.descriptor = descriptor
        self.question = question
        settingsWithEcho = settings
    }

    /// Runs `body` with the echo off, after asking the question. The echo is always switched on again. The question is
    /// repeated when the command continues after it was stopped.
    func withEchoOff<Result>(_ body: () async throws -> Result) async throws -> Result {
        let takeover = TerminalTakeover(
            descriptor: descriptor,
            take: { isAgain in
                hide()
                Console.prompt(isAgain ? "\n\(question)" : question)
            },
            giveBack: show,
            isTaken: { $0.c_lflag & tcflag_t(ECHO) == 0 }
        )
        defer { Console.prompt("\n") }
        return try await takeover.run(body)
    }

    private func hide() {
        var hidden = settingsWithEcho
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(descriptor, TCSAFLUSH, &hidden)
    }

    private func show() {
        var settings = settingsWithEcho
        tcsetattr(descriptor, TCSAFLUSH, &settings)
    }
}
