import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads secrets from a file, standard input or a hidden prompt. No secret is ever an argument.
enum SecretInput {
    /// The longest secret and the longest file with secrets, in bytes.
    static let maximumBytes = 65_536

    /// Reads a secret from a file, or from standard input if the path is `-`. Blanks, line ends and quotes around it are
    /// removed.
    ///
    /// - Parameter note: Receives a warning if other users can read the file, and what was removed.
    /// - Throws: `AccountsError` `input_required`; `CancellationError`.
    static func read(_ path: String, named what: String, note: (String) -> Void) async throws -> Secret {
        let text = try await text(of: path, named: what, note: note)
        let secret = try checked(text, named: what, note: note)
        guard !secret.isEmpty else {
            throw AccountsError(
                .inputRequired,
                "The \(what) is empty.",
                suggestion: "use a file that contains only the \(what)"
            )
        }
        return secret
    }

    /// Asks for a secret without echo; the answer can be empty.
    ///
    /// - Throws: `AccountsError` `input_required`; `CancellationError`.
    static func ask(_ question: String, named what: String, note: (String) -> Void) async throws -> Secret {
        try checked(try await HiddenPrompt.ask(question), named: what, note: note)
    }

    /// Reads all text of a file, or of standard input if the path is `-`.
    ///
    /// - Throws: `AccountsError` `input_required`; `CancellationError`.
    static func text(of path: String, named what: String, note: (String) -> Void) async throws -> String {
        guard path != "-" else { return try await text(of: STDIN_FILENO, named: what) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            if descriptor >= 0 { close(descriptor) }
            // The message does not repeat the path, because it may be a secret that was typed by mistake.
            throw AccountsError(
                .inputRequired,
                "The file with the \(what) cannot be read, or the \(what) itself was given instead of a file name.",
                suggestion: "give the path of a readable file, or - for standard input"
            )
        }
        defer { close(descriptor) }
        if status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 {
            let name = path.printable(limit: 200)
            note("Other users can read \(name). Try: chmod 600 \(name.shellQuoted)")
        }
        return try await text(of: descriptor, named: what)
    }

    private static func text(of descriptor: Int32, named what: String) async throws -> String {
        let input = LineInput(descriptor: descriptor, longest: maximumBytes)
        var text = ""
        while let line = try await input.next() {
            text += (text.isEmpty ? "" : "\n") + line
            guard text.utf8.count <= maximumBytes else {
                throw AccountsError(
                    .inputRequired,
                    "The input with the \(what) is larger than \(maximumBytes / 1024) KiB.",
                    suggestion: "use a file that contains only the \(what)"
                )
            }
        }
        return text
    }

    private static func checked(_ text: String, named what: String, note: (String) -> Void) throws -> Secret {
        let secret = SecretText(text)
        guard secret.text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
            throw AccountsError(
                .inputRequired,
                "The \(what) is longer than one line or contains characters that are not printable ASCII (RFC 6749, appendix A).",
                suggestion: "use a file that contains only the \(what)"
            )
        }
        if let removed = secret.removed { note("Removed \(removed) around the \(what).") }
        return Secret(secret.text)
    }
}
