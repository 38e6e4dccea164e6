import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The whole terminal, on its alternate screen: what it showed before comes back at the end.
final class FullScreen: Sendable {
    /// The size of a terminal, in characters.
    struct Size: Hashable, Sendable {
        let columns: Int
        let rows: Int
    }

    private let settings: termios
    private let queue = DispatchQueue(label: "tsaccounts.screen")

    /// - Parameter environment: `TERM=dumb` says that the terminal cannot place the cursor.
    /// - Returns: nil if standard input and output are not a terminal that has a whole screen.
    init?(environment: [String: String]) {
        var settings = termios()
        guard Console.isTerminal(STDIN_FILENO), Console.isTerminal(STDOUT_FILENO), environment["TERM"] != "dumb",
            tcgetattr(STDIN_FILENO, &settings) == 0
        else { return nil }
        self.settings = settings
    }

    /// Runs `body` with the terminal taken over. It is always given back, also when the command is stopped or ended.
    ///
    /// - Parameter redraw: Called when the screen was emptied and has to be drawn again.
    func run<Result>(redraw: @escaping @Sendable () -> Void, _ body: () async throws -> Result) async throws -> Result {
        try await takeover(redraw: redraw).run(body)
    }

    private func takeover(redraw: @escaping @Sendable () -> Void = {}) -> TerminalTakeover {
        TerminalTakeover(
            descriptor: STDIN_FILENO,
            take: { [settings] isAgain in
                var raw = settings
                // Ctrl-C and Ctrl-Z stay signals. Ctrl-S would only stop the screen.
                raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
                raw.c_iflag &= ~tcflag_t(IXON)
                tcsetattr(STDIN_FILENO, TCSADRAIN, &raw)
                Console.control(.enterScreen)
                if isAgain { redraw() }
            },
            giveBack: { [settings] in
                var former = settings
                Console.control(.leaveScreen)
                tcsetattr(STDIN_FILENO, TCSADRAIN, &former)
            },
            isTaken: { $0.c_lflag & tcflag_t(ICANON) == 0 }
        )
    }

    /// The size of the terminal now.
    var size: Size {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return Size(columns: 80, rows: 24)
        }
        return Size(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

    /// Shows the lines, unless the terminal belongs to a shell now. A slow terminal blocks no other task.
    func show(_ lines: [String]) async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                if takeover().isInForeground { Console.draw(lines) }
                continuation.resume()
            }
        }
    }

    /// Calls `body` with the bytes of the keys that are pressed, and with none when the terminal is gone. Returns when
    /// the task is cancelled.
    func forEachKey(_ body: @escaping @Sendable ([UInt8]) -> Void) async {
        await listen(to: DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: queue)) {
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = read(STDIN_FILENO, &bytes, bytes.count)
            if count < 0, errno == EINTR || errno == EAGAIN { return }
            body(Array(bytes.prefix(max(0, count))))
        }
    }

    /// Calls `body` whenever the size of the terminal has changed. Returns when the task is cancelled.
    func forEachResize(_ body: @escaping @Sendable () -> Void) async {
        await listen(to: DispatchSource.makeSignalSource(signal: SIGWINCH, queue: queue), body)
    }

    private func listen(to source: any DispatchSourceProtocol, _ handler: @escaping @Sendable () -> Void) async {
        let (cancellation, ends) = AsyncStream.makeStream(of: Void.self)
        defer { ends.finish() }
        source.setEventHandler(handler: handler)
        source.resume()
        for await _ in cancellation {}
        source.cancel()
    }
}
