import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A running command of a hook. Blocks its thread, so it needs one of its own.
struct HookProcess {
    /// How often the end of the command is checked while it prints nothing, in milliseconds.
    private static let checkInterval: Int64 = 50

    private let processID: Int32
    private let descriptor: Int32
    private let startedAt: Int64
    private var deadline: HookDeadline
    private var output = HookOutput()

    /// Starts the command with `/bin/sh`, without input and in a process group of its own.
    ///
    /// - Throws: ``ProcessLaunch/Failure``.
    init(_ call: HookCall, deadline: HookDeadline) throws(ProcessLaunch.Failure) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ProcessLaunch.Failure(number: errno) }
        defer { close(ends[1]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        let launch = ProcessLaunch(
            executable: "/bin/sh",
            arguments: ["-c", call.command],
            environment: call.variables,
            leadsGroup: true
        )
        do {
            processID = try launch.start(output: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
        descriptor = ends[0]
        self.deadline = deadline
        startedAt = Self.now()
    }

    /// Waits for the end of the command, and ends it after its time.
    ///
    /// Programs that the command has left running in the background may keep its output open: what they print is not
    /// read.
    ///
    /// - Parameter line: Called with each line of output.
    /// - Returns: What went wrong; nil if the command succeeded.
    consuming func run(_ line: (String) -> Void) -> String? {
        var (status, hasEnded) = (Int32(0), false)
        while true {
            forwardOutput(to: line)
            if !hasEnded {
                let ended = waitpid(processID, &status, WNOHANG)
                hasEnded = ended == processID || ended < 0 && errno != EINTR
            }
            // After its time, the processes that it started have to end too.
            if hasEnded, !deadline.isTerminated || deadline.isKilled || kill(-processID, 0) != 0 { break }
            switch deadline.step(after: Self.now() - startedAt) {
            case .wait(let milliseconds):
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                let isOpen = poll(&waiting, 1, Int32(min(milliseconds, Self.checkInterval))) > 0
                // The output has ended before the command: the poll would return at once.
                if isOpen, waiting.revents & Int16(POLLIN) == 0 { usleep(UInt32(Self.checkInterval) * 1000) }
            case .terminate: kill(-processID, SIGTERM)
            case .kill: kill(-processID, SIGKILL)
            }
        }
        forwardOutput(to: line)
        output.finish().forEach(line)
        close(descriptor)
        return problem(status)
    }

    private mutating func forwardOutput(to line: (String) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        // A command that prints without end must not keep this from looking at the clock.
        for _ in 0..<16 {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { return }
            output.add(buffer[..<count]).forEach(line)
        }
    }

    private func problem(_ status: Int32) -> String? {
        if deadline.isTerminated { return "ended after \(deadline.timeout / 1000) s, because it did not finish" }
        let signal = status & 0x7F
        if signal != 0 { return "ended by signal \(signal)" }
        let code = status >> 8 & 0xFF
        return code == 0 ? nil : "failed with status \(code)"
    }

    /// The milliseconds since boot.
    private static func now() -> Int64 { SystemClock().bootMilliseconds() }
}
