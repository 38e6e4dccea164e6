import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Starts a process. Its standard input is empty; its standard output and standard error go to the same descriptor.
/// It blocks no signals, and does not ignore SIGINT, SIGTERM or SIGPIPE when it starts.
struct ProcessLaunch: Sendable {
    /// The reason why a process could not be started.
    struct Failure: Error {
        /// The `errno` value of the failure.
        let number: Int32
    }

    let executable: String
    let arguments: [String]
    /// The environment; nil means that of this process.
    var environment: [String: String]?
    /// Whether the process leads a group of its own, so that a signal also reaches the processes that it starts.
    var leadsGroup = false
    /// The environment of this process as `NAME=VALUE` lines.
    private static let inherited = lines(ProcessInfo.processInfo.environment)

    /// Starts the process. Blocks until the new program has been loaded.
    func start(output: Int32) throws(Failure) -> Int32 {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        var (none, defaults) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigemptyset(&defaults)
        for number in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&defaults, number) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        // Group 0 means a new group with the id of the process.
        posix_spawnattr_setpgroup(&attributes, 0)
        let group = leadsGroup ? POSIX_SPAWN_SETPGROUP : 0
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))

        let words = ([executable] + arguments).map { strdup($0) } + [nil]
        let lines = (environment.map(Self.lines) ?? Self.inherited).map { strdup($0) } + [nil]
        defer { for text in words + lines { free(text) } }
        var processID: pid_t = 0
        let failure = posix_spawn(&processID, executable, &actions, &attributes, words, lines)
        guard failure == 0 else { throw Failure(number: failure) }
        return processID
    }

    private static func lines(_ environment: [String: String]) -> [String] {
        environment.map { "\($0.key)=\($0.value)" }
    }
}
