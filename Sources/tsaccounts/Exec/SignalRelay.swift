import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Passes signals on to the program that `tsaccounts exec` has started.
///
/// Both are in one process group, so that job control and pipelines work as without `tsaccounts`. What the terminal sends,
/// as for Ctrl-C, reaches the program by itself; only what other processes send is passed on.
enum SignalRelay {
    /// The signals that are passed on.
    static let signals = [
        SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU,
    ]
    /// The signals with which a terminal stops programs.
    static let terminalStops: Set<Int32> = [SIGTSTP, SIGTTIN, SIGTTOU]

    /// The process id of the program; 0 before it runs, -1 after it has ended.
    private static let program = Atomic<Int32>(0)
    /// The signals that arrived before the program ran, one bit each.
    private static let early = Atomic<UInt64>(0)

    /// Begins to receive the signals, except those that this process was told to ignore.
    static func begin(except ignored: Set<Int32>) {
        // The handler must find these in existence.
        _ = (program.load(ordering: .relaxed), early.load(ordering: .relaxed))
        for number in signals where !ignored.contains(number) {
            var action = sigaction()
            #if canImport(Glibc)
                action.__sigaction_handler.sa_sigaction = { number, info, _ in
                    let saved = errno
                    SignalRelay.receive(number, info)
                    errno = saved
                }
            #else
                action.__sigaction_u.__sa_sigaction = { number, info, _ in
                    let saved = errno
                    SignalRelay.receive(number, info)
                    errno = saved
                }
            #endif
            action.sa_flags = Int32(SA_SIGINFO) | Int32(SA_RESTART)
            sigaction(number, &action, nil)
        }
    }

    /// Names the program, which gets the signals that have arrived already.
    static func attach(_ processID: Int32) {
        program.store(processID, ordering: .sequentiallyConsistent)
        sendEarly(to: processID)
    }

    /// Ends the passing on. Must be called before the id of the program can belong to another process.
    static func detach() {
        program.store(-1, ordering: .sequentiallyConsistent)
    }

    /// Lets the calling thread receive the signals. All others may have them blocked.
    static func listen() {
        var set = sigset_t()
        sigemptyset(&set)
        for number in signals { sigaddset(&set, number) }
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Runs as a signal handler: may only call what signal-safety(7) allows.
    private static func receive(_ number: Int32, _ info: UnsafeMutablePointer<siginfo_t>?) {
        let processID = program.load(ordering: .sequentiallyConsistent)
        guard processID != 0 else {
            early.bitwiseOr(1 << UInt64(number), ordering: .sequentiallyConsistent)
            let now = program.load(ordering: .sequentiallyConsistent)
            if now > 0 { sendEarly(to: now) }
            return
        }
        // The terminal sends to the whole group, and a program that sends to its group has the signal already.
        guard processID > 0, let info, !isFromTerminal(info.pointee), sender(of: info.pointee) != processID else {
            return
        }
        kill(processID, number)
    }

    private static func sendEarly(to processID: Int32) {
        let bits = early.exchange(0, ordering: .sequentiallyConsistent)
        guard bits != 0 else { return }
        for number in 1..<Int32(64) where bits & (1 << UInt64(number)) != 0 { kill(processID, number) }
    }

    #if canImport(Glibc)
        private static func isFromTerminal(_ info: siginfo_t) -> Bool { info.si_code == 0x80 }  // SI_KERNEL
        private static func sender(of info: siginfo_t) -> Int32 { info._sifields._kill.si_pid }
    #else
        private static func isFromTerminal(_ info: siginfo_t) -> Bool { info.si_pid == 0 }
        private static func sender(of info: siginfo_t) -> Int32 { info.si_pid }
    #endif
}
