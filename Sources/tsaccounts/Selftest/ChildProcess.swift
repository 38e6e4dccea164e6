import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A child process that has not been waited for yet. It needs one open file.
///
/// Foundation's `Process` needs several open files, and ends the whole program if no more can be opened.
struct ChildProcess: Sendable {
    /// How a process ended.
    struct End: Sendable {
        let processID: Int32
        /// The signal that ended the process, if any.
        let signal: Int32?
        /// The exit status, if no signal ended the process.
        let status: Int32
        /// The text that the process wrote to standard output and standard error.
        let output: String
    }

    /// The read end of the pipe for the output.
    let descriptor: Int32
    private let processID: Int32
    private var printed: [UInt8] = []

    /// Starts a process. No other thread may start a process at the same time: that process would inherit the pipe.
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

    /// Kills the process. `collect()` must still be called.
    func kill() {
        systemKill(processID, SIGKILL)
    }

    /// Reads available output; waits until some arrives.
    ///
    /// - Returns: False at the end of the output.
    mutating func readOutput() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(descriptor, &buffer, buffer.count)
        if count > 0 { printed += buffer[..<count] }
        return count > 0 || count < 0 && errno == EINTR
    }

    /// Waits for the end of the process. Afterwards the system may reuse its process ID.
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
            "No more processes can be started: \(String(cString: strerror(number))).",
            suggestion: "use fewer --processes, or raise the limits that ulimit -u and ulimit -n show"
        )
    }
}

private func systemKill(_ processID: Int32, _ signal: Int32) {
    kill(processID, signal)
}
