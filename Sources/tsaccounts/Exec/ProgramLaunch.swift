import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Starts a program as a shell would: with this process's input, output, directory and group.
struct ProgramLaunch: Sendable {
    /// The reason why a program could not be started.
    struct Failure: Error {
        /// The `errno` value of the failure.
        let number: Int32
        let name: String

        /// The exit status that shells use for it.
        var status: Int32 { number == ENOENT || number == ENOTDIR ? 127 : 126 }

        /// The error for the user.
        var error: AccountsError {
            let isMissing = status == 127
            let reason =
                switch number {
                case ENOENT where name.contains("/"): "There is no such file, or the interpreter in its first line."
                case ENOENT: "It is in no directory of the PATH."
                case ENOEXEC: "The file is neither a program nor a script with an interpreter in its first line."
                default: String(cString: strerror(number)) + "."
                }
            return AccountsError(
                .usage,
                "\(name.printable(limit: 100)) \(isMissing ? "was not found" : "cannot be run").",
                reason: reason,
                suggestion: isMissing
                    ? "check the spelling, or write the whole path"
                    : "chmod +x \(name.printable(limit: 100).shellQuoted)"
            )
        }
    }

    let arguments: [String]
    let environment: [String: String]
    let descriptors: InheritedDescriptors
    let start: ProcessStart

    /// Starts the program, which is looked for in the `PATH`. Blocks until it has been loaded.
    ///
    /// - Returns: The id of its process.
    func run() throws(Failure) -> Int32 {
        let name = arguments.first ?? ""
        #if canImport(Darwin)
            var attributes: posix_spawnattr_t?
        #else
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, defaults) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigemptyset(&defaults)
        for number in ProcessStart.changedSignals where !start.ignoredSignals.contains(number) {
            sigaddset(&defaults, number)
        }
        // Some programs start others with signals blocked by mistake. Then no signal could end the program.
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = arguments.map { strdup($0) } + [nil]
        let lines = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + lines { free(text) } }
        descriptors.closeOthers()
        // Handlers do not survive in the program, but ignoring does.
        for number in start.ignoredSignals { signal(number, SIG_IGN) }
        var processID: pid_t = 0
        let failure = start.restored { posix_spawnp(&processID, name, nil, &attributes, words, lines) }
        guard failure == 0 else { throw Failure(number: failure, name: name) }
        return processID
    }
}
