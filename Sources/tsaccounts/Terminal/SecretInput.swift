import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a secret comes from: a file, standard input, or a hidden prompt. Never an argument.
enum SecretInput {
    /// Reads a secret from a file, or from standard input for `-`. One trailing newline is dropped.
    ///
    /// - Parameter note: told when others can read the file.
    /// - Throws: `AccountsError` `input_required`; `CancellationError`.
    static func read(_ path: String, named what: String, note: (String) -> Void) async throws -> Secret {
        guard path != "-" else { return try await read(STDIN_FILENO, named: what) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            if descriptor >= 0 { close(descriptor) }
            throw AccountsError(
                .inputRequired,
                "The file with the \(what) cannot be read: \(path.printable(limit: 200))",
                suggestion: "a readable file, or - for standard input"
            )
        }
        defer { close(descriptor) }
        if status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 {
            note("Others can read \(path.printable(limit: 200)); chmod 600 keeps it to you.")
        }
        return try await read(descriptor, named: what)
    }

    private static func read(_ descriptor: Int32, named what: String) async throws -> Secret {
        let input = LineInput(descriptor: descriptor)
        let text = try await input.next() ?? ""
        let more = try await input.next()
        guard more == nil, text.utf8.count <= 65_536, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
            throw AccountsError(
                .inputRequired,
                "The \(what) is longer than a line, or holds characters beyond ASCII (RFC 6749 appendix A).",
                suggestion: "a file that holds the \(what) and nothing else"
            )
        }
        guard !text.isEmpty else {
            throw AccountsError(
                .inputRequired,
                "The \(what) is empty.",
                suggestion: "a file that holds the \(what) and nothing else"
            )
        }
        return Secret(text)
    }
}
