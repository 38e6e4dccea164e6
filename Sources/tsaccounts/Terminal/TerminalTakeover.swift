import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A terminal whose settings a command changes while it runs.
///
/// When the command is stopped (Ctrl-Z) or ended (Ctrl-\, or the terminal closes), the settings are put back first, for
/// the shell. When the command continues, a shell may have changed them, so they are changed again.
struct TerminalTakeover: Sendable {
    /// The signals that stop or end this process.
    private static let endingSignals = [SIGTSTP, SIGQUIT, SIGHUP]

    /// The terminal.
    let descriptor: Int32
    /// Changes the settings; `isAgain` is true after the first time.
    let take: @Sendable (_ isAgain: Bool) -> Void
    /// Puts the settings back.
    let giveBack: @Sendable () -> Void
    /// Whether settings are as ``take`` leaves them.
    let isTaken: @Sendable (termios) -> Bool

    /// Runs `body` with the changed settings. They are always put back.
    func run<Result>(_ body: () async throws -> Result) async throws -> Result {
        let queue = DispatchQueue(label: "tsaccounts.terminal")
        let numbers = Self.endingSignals + [SIGCONT]
        let (listening, listens) = AsyncStream.makeStream(of: Void.self)
        for number in Self.endingSignals { signal(number, SIG_IGN) }
        let sources = numbers.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { number == SIGCONT ? takeAgain() : yield(to: number) }
            source.setRegistrationHandler { listens.yield() }
            source.resume()
            return source
        }
        // Wait until all handlers are installed: a signal that arrives earlier is lost.
        for await _ in listening.prefix(numbers.count) {}
        take(false)
        defer {
            queue.sync {
                for source in sources { source.cancel() }
                for number in Self.endingSignals { signal(number, SIG_DFL) }
                giveBack()
            }
        }
        return try await body()
    }

    /// Whether this process, and not a shell, may use the terminal now.
    var isInForeground: Bool { tcgetpgrp(descriptor) == getpgrp() }

    /// Lets a signal stop or end this process, with the settings put back.
    private func yield(to number: Int32) {
        giveBack()
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
        takeAgain()
    }

    /// Changes the settings if they are not changed, unless the terminal belongs to a shell now.
    private func takeAgain() {
        var settings = termios()
        guard isInForeground, tcgetattr(descriptor, &settings) == 0, !isTaken(settings) else { return }
        take(true)
    }
}
