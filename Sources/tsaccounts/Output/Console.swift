import Synchronization
import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The output streams. Data goes to standard output, everything else to standard error.
///
/// What a server, the database or a file name contributes to a line cannot give commands to a terminal.
enum Console {
    /// Whether the cursor is at the end of a line that ``rewriteLine(_:)`` has written.
    private static let hasLiveLine = Mutex(false)

    /// Prints a line of data.
    ///
    /// - Throws: `Ending` if writing fails. A broken pipe prints no message.
    static func standardOutput(_ line: String) throws {
        clearLine()
        let failure = write(line.terminalSafe + "\n", to: STDOUT_FILENO)
        if failure == 0 { return }
        if failure == EPIPE { throw Ending(status: ExitStatus.brokenPipe) }
        standardError("tsaccounts: Cannot write to standard output: \(String(cString: strerror(failure)))")
        throw Ending(status: ExitStatus.outputFailed)
    }

    /// Prints a human-readable line.
    static func standardError(_ line: String) {
        clearLine()
        _ = write(line.terminalSafe + "\n", to: STDERR_FILENO)
    }

    /// Prints a question for the user, without a line break.
    static func prompt(_ text: String) {
        clearLine()
        _ = write(text.terminalSafe, to: STDERR_FILENO)
    }

    /// Replaces the line that the last call of this method wrote, or clears it if `text` returns nil. The next output
    /// clears it too. Call this only if standard error is a terminal.
    ///
    /// - Parameter text: Returns the new text. It is called while no other thread can use this method.
    static func rewriteLine(_ text: () -> String?) {
        hasLiveLine.withLock { isLive in
            let text = text()
            guard isLive || text != nil else { return }
            isLive = text != nil
            _ = write("\r\u{1B}[K" + (text ?? "").terminalSafe, to: STDERR_FILENO)
        }
    }

    /// The control sequences of a command that uses the whole terminal.
    enum Control: String, Sendable {
        /// Switches to an empty alternate screen without a cursor.
        case enterScreen = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J"
        /// Switches back to what the terminal showed before.
        case leaveScreen = "\u{1B}[?25h\u{1B}[?1049l"
    }

    /// Sends a control sequence to the terminal that standard output is.
    static func control(_ control: Control) {
        _ = write(control.rawValue, to: STDOUT_FILENO)
    }

    /// Shows lines from the top of the screen, and nothing else.
    static func draw(_ lines: [String]) {
        let rows = lines.map { $0.terminalSafe.replacing("\n", with: " ") + "\u{1B}[K" }
        _ = write("\u{1B}[H" + rows.joined(separator: "\r\n") + "\u{1B}[J", to: STDOUT_FILENO)
    }

    /// Clears the line that ``rewriteLine(_:)`` has written.
    static func clearLine() {
        rewriteLine { nil }
    }

    /// Returns true if a file descriptor is a terminal.
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The width of the terminal that standard output is; nil if it is not a terminal.
    static var standardOutputColumns: Int? {
        guard isTerminal(STDOUT_FILENO) else { return nil }
        var size = winsize()
        // A terminal that does not know its width is taken for one of the usual width.
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes all of the text.
    ///
    /// - Returns: 0, or the `errno` of the failure.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                bytes = bytes.dropFirst(written)
            } else if errno == EAGAIN {
                var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&room, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}

private func systemWrite(_ descriptor: Int32, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, base, count)
}
