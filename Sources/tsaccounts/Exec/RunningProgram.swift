import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program that this process has started, and waits for.
struct RunningProgram: Sendable {
    let processID: Int32

    /// Waits for the end of the program, and passes signals on to it meanwhile. When the terminal stops the program, this
    /// process stops as well, so that the shell notices.
    ///
    /// - Returns: The exit status; 128 + the number of the signal that ended the program.
    func status() async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                SignalRelay.listen()
                SignalRelay.attach(processID)
                continuation.resume(returning: waitForEnd())
            }
        }
    }

    private func waitForEnd() -> Int32 {
        while true {
            // The process stays known until the signals are no longer passed on to its id.
            guard let change = nextChange(WEXITED | WSTOPPED | WNOWAIT) else { return 70 }
            guard case .stopped(let number) = change else {
                SignalRelay.detach()
                _ = nextChange(WEXITED)
                return change.status
            }
            _ = nextChange(WSTOPPED | WNOHANG)
            if SignalRelay.terminalStops.contains(number) { kill(getpid(), SIGSTOP) }
        }
    }

    private enum Change {
        case exited(Int32)
        case killed(Int32)
        case stopped(Int32)

        var status: Int32 {
            switch self {
            case .exited(let status): status
            case .killed(let number), .stopped(let number): 128 + number
            }
        }
    }

    private func nextChange(_ options: Int32) -> Change? {
        var info = siginfo_t()
        while waitid(P_PID, id_t(processID), &info, options) != 0 {
            guard errno == EINTR else { return nil }
        }
        #if canImport(Glibc)
            let status = info._sifields._sigchld.si_status
        #else
            let status = info.si_status
        #endif
        switch Int(info.si_code) {
        case Int(CLD_EXITED): return .exited(status)
        case Int(CLD_STOPPED): return .stopped(status)
        default: return .killed(status)
        }
    }
}
