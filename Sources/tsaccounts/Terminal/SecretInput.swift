import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads secrets from a file or standard input. No secret is ever an argument.
enum SecretInput {
    /// Reads a secret from a file, or from standard input if the path is `-`. One trailing newline is removed.
    ///
    /// - Parameter note: Receives a warning if other users can read the file.
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
            let name = path.printable(limit: 200)
            note("Other users can read \(name). Try: chmod 600 \(name)")
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
                "The \(what) is longer than one line or contains characters that are not printable ASCII (RFC 6749, appendix A).",
                suggestion: "a file that contains only the \(what)"
            )
        }
        guard !text.isEmpty else {
            throw AccountsError(
                .inputRequired,
                "The \(what) is empty.",
                suggestion: "a file that contains only the \(what)"
            )
        }
        return Secret(text)
    }
}
