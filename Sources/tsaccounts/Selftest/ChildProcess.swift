import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A running process that has not been collected yet. It costs this process one open file.
///
/// Foundation's `Process` takes several files for each, and ends the whole program where it runs out of them.
struct ChildProcess: Sendable {
    /// How a process ended.
    struct End: Sendable {
        let processID: Int32
        /// The signal that ended it, if one did.
        let signal: Int32?
        /// Its exit status, if no signal ended it.
        let status: Int32
        /// What it printed, on standard output and standard error.
        let output: String
    }

    /// The end of the pipe that its output comes from.
    let descriptor: Int32
    private let processID: Int32
    private var printed: [UInt8] = []

    /// Starts one. Nobody else may start processes at the same moment, or they would inherit the pipe.
    ///
    /// - Throws: ``AccountsError`` `cannot_create`.
    init(_ launch: ProcessLaunch) throws(AccountsError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Self.cannotStart(errno) }
        defer { close(ends[1]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        do {
            processID = try launch.start(output: ends[1])
        } catch {
            close(ends[0])
            throw Self.cannotStart(error.number)
        }
        descriptor = ends[0]
    }

    /// Kills it. Its end has still to be collected.
    func kill() {
        systemKill(processID, SIGKILL)
    }

    /// Takes what it has printed; waits if there is nothing.
    ///
    /// - Returns: whether more can come.
    mutating func readOutput() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 { printed += buffer[..<count] }
        return count > 0 || count < 0 && errno == EINTR
    }

    /// Waits for its end and forgets it: the system may give its number to somebody else.
    consuming func collect() -> End {
        close(descriptor)
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return End(
            processID: processID,
            signal: signal == 0 ? nil : signal,
            status: status >> 8 & 0xFF,
            output: String(decoding: printed, as: UTF8.self)
        )
    }

    private static func cannotStart(_ number: Int32) -> AccountsError {
        AccountsError(
            .cannotCreate,
            "No further process can be started: \(String(cString: strerror(number))).",
            suggestion: "fewer --processes, or a higher limit: ulimit -u and ulimit -n show them"
        )
    }
}

private func systemKill(_ processID: Int32, _ signal: Int32) {
    kill(processID, signal)
}
