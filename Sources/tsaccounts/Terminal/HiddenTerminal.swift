import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A terminal that does not echo what is typed.
///
/// When the command is stopped (Ctrl-Z) or ended (Ctrl-\), the echo is switched on again first, for the shell. When the
/// command continues, a shell may have left the echo on, so it is switched off again before the question is repeated.
struct HiddenTerminal: Sendable {
    /// The signals that stop or end this process.
    private static let endingSignals = [SIGTSTP, SIGQUIT]

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

    /// Runs `body` with the echo off, after asking the question. The echo is always switched on again.
    func withEchoOff<Result>(_ body: () async throws -> Result) async throws -> Result {
        let queue = DispatchQueue(label: "tsaccounts.terminal")
        let numbers = Self.endingSignals + [SIGCONT]
        let (listening, listens) = AsyncStream.makeStream(of: Void.self)
        for number in Self.endingSignals { signal(number, SIG_IGN) }
        let sources = numbers.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { number == SIGCONT ? hideAgain() : yield(to: number) }
            source.setRegistrationHandler { listens.yield() }
            source.resume()
            return source
        }
        // Wait until all handlers are installed: a signal that arrives earlier is lost.
        for await _ in listening.prefix(numbers.count) {}
        hide()
        Console.prompt(question)
        defer {
            queue.sync {
                for source in sources { source.cancel() }
                for number in Self.endingSignals { signal(number, SIG_DFL) }
                show()
            }
            Console.prompt("\n")
        }
        return try await body()
    }

    /// Lets a signal stop or end this process, with the echo on.
    private func yield(to number: Int32) {
        show()
        let handler = signal(number, SIG_DFL)
        // The system's threads block signals, and a blocked signal would have an effect only later.
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        sigaddset(&unblocked, number)
        var earlier = sigset_t()
        pthread_sigmask(SIG_UNBLOCK, &unblocked, &earlier)
        raise(number)
        pthread_sigmask(SIG_SETMASK, &earlier, nil)
        signal(number, handler)
        hideAgain()
    }

    /// Switches the echo off if it is on, unless the terminal belongs to a shell now.
    private func hideAgain() {
        var settings = termios()
        guard tcgetpgrp(descriptor) == getpgrp(), tcgetattr(descriptor, &settings) == 0,
            settings.c_lflag & tcflag_t(ECHO) != 0
        else { return }
        hide()
        Console.prompt("\n\(question)")
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
