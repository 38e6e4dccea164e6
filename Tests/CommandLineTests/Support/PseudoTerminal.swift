import Foundation

/// A terminal with a shell that has job control, in which the tool runs.
///
/// Like other shells, it takes the terminal back and switches the echo on when its job stops, and it continues the job
/// at once, as with `fg`.
struct PseudoTerminal {
    let tool: Tool
    /// The width of the terminal.
    var columns = 80
    /// Further environment variables of the command.
    var variables: [String: String] = [:]

    /// Runs a command. For each step, waits until the terminal has shown a text after the text of the previous step, and
    /// then types an answer, unless it is nil. An answer that does not end with a control character gets a Return.
    ///
    /// - Returns: The status of the command, and all that the terminal showed. A line `stopped, echo on` or
    ///   `stopped, echo off` stands for each time when the job stopped.
    func run(_ arguments: [String], _ steps: (wait: String, answer: String?)...) async throws -> Tool.Result {
        try await run(arguments, steps)
    }

    /// Does the same as the other ``run(_:_:)``, with the steps in an array.
    func run(_ arguments: [String], _ steps: [(wait: String, answer: String?)]) async throws -> Tool.Result {
        let script = """
            import fcntl, os, pty, signal, struct, sys, termios
            count = int(sys.argv[1])
            steps = [(sys.argv[2 + 2 * i], sys.argv[3 + 2 * i]) for i in range(count)]
            command = sys.argv[2 + 2 * count:]
            shell, terminal = pty.fork()
            if shell == 0:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, \(columns), 0, 0))
                signal.signal(signal.SIGTTOU, signal.SIG_IGN)
                job = os.fork()
                if job == 0:
                    os.setpgid(0, 0)
                    os.tcsetpgrp(0, os.getpgrp())
                    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
                    os.execv(command[0], command)
                while True:
                    _, status = os.waitpid(job, os.WUNTRACED)
                    if not os.WIFSTOPPED(status):
                        code = os.waitstatus_to_exitcode(status)
                        os._exit(code if code >= 0 else 128 - code)
                    os.tcsetpgrp(0, os.getpgrp())
                    modes = termios.tcgetattr(0)
                    os.write(1, b"stopped, echo on\\n" if modes[3] & termios.ECHO else b"stopped, echo off\\n")
                    modes[3] |= termios.ECHO
                    termios.tcsetattr(0, termios.TCSANOW, modes)
                    os.tcsetpgrp(0, job)
                    os.kill(-job, signal.SIGCONT)
            seen, searched = b"", 0
            while True:
                try:
                    chunk = os.read(terminal, 4096)
                except OSError:
                    break
                if not chunk:
                    break
                seen += chunk
                while steps and (found := seen.find(steps[0][0].encode(), searched)) >= 0:
                    searched = found + len(steps[0][0].encode())
                    answer = steps.pop(0)[1]
                    if answer != "nothing":
                        os.write(terminal, (answer + ("" if answer and answer[-1] < " " else "\\n")).encode())
            code = os.waitstatus_to_exitcode(os.waitpid(shell, 0)[1])
            sys.stdout.buffer.write(seen)
            sys.exit(code if code >= 0 else 128 - code)
            """
        var environment = ["TSACCOUNTS_HOME": tool.store, "HOME": tool.directory.path]
        environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
        environment["TERM"] = "xterm"
        environment.merge(variables) { $1 }
        return try await RunningTool(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["python3", "-c", script, String(steps.count)] + steps.flatMap { [$0.wait, $0.answer ?? "nothing"] }
                + [Tool.binary.path] + arguments,
            input: nil,
            directory: tool.directory,
            environment: environment.merging(tool.environment) { $1 }
        ).result()
    }
}
