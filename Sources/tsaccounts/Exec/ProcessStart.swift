#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What this process has inherited and changes at its start. Programs that it starts get it as it was.
struct ProcessStart: Sendable {
    /// The state when the process started. Reading it for the first time protects what this process writes: files are
    /// only for its user, there are no core dumps, which would contain tokens, and a closed pipe is an error of the write
    /// instead of a signal, so that commands can clean up.
    static let recorded = ProcessStart()

    /// The mask for the modes of new files.
    let umask: mode_t
    /// The limit for the size of core dumps.
    let coreLimit: rlimit
    /// The signals that were ignored, as by `nohup`.
    let ignoredSignals: Set<Int32>

    /// The signals whose handling a command may change.
    static let changedSignals = [SIGPIPE] + SignalRelay.signals

    private init() {
        var limit = rlimit()
        getrlimit(Self.core, &limit)
        coreLimit = limit
        ignoredSignals = Set(Self.changedSignals.filter(Self.isIgnored))
        #if canImport(Glibc)
            umask = Glibc.umask(0o077)
        #else
            umask = Darwin.umask(0o077)
        #endif
        protect()
        signal(SIGPIPE, SIG_IGN)
    }

    /// Runs `body` with the inherited mask and limit, so that a program that it starts inherits them too.
    func restored<Result>(_ body: () -> Result) -> Result {
        var limit = coreLimit
        setrlimit(Self.core, &limit)
        setMask(umask)
        defer {
            setMask(0o077)
            protect()
        }
        return body()
    }

    private func protect() {
        var none = rlimit(rlim_cur: 0, rlim_max: coreLimit.rlim_max)
        setrlimit(Self.core, &none)
    }

    private func setMask(_ mask: mode_t) {
        #if canImport(Glibc)
            _ = Glibc.umask(mask)
        #else
            _ = Darwin.umask(mask)
        #endif
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if canImport(Glibc)
            let handler = action.__sigaction_handler.sa_handler
        #else
            let handler = action.__sigaction_u.__sa_handler
        #endif
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    #if canImport(Glibc)
        private static let core = __rlimit_resource_t(RLIMIT_CORE.rawValue)
    #else
        private static let core = RLIMIT_CORE
    #endif
}
