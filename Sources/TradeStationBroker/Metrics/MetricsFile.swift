import Foundation
package import TradeStationModel

/// A file of metrics for the text file collector of Prometheus' node_exporter. A reader sees the old text or the new one,
/// never a part of it.
package struct MetricsFile: Sendable {
    /// The path of the file. The collector reads files whose names end in `.prom`.
    package let path: String

    /// - Throws: ``AccountsError`` `usage` if the collector would not read the file.
    package init(_ path: String) throws(AccountsError) {
        guard path.hasSuffix(".prom"), !path.hasSuffix("/.prom") else {
            throw AccountsError(
                .usage,
                "The collector of node_exporter reads only files whose names end in .prom.",
                suggestion: "tsaccounts serve --textfile DIR/tsaccounts.prom"
            )
        }
        self.path = path
    }

    /// Replaces the file. All users may read it, because the collector is another user. Blocks while the disk is slow.
    ///
    /// - Throws: ``AccountsError`` `cannot_create`.
    package func replace(with text: String) throws(AccountsError) {
        let draft = path + ".\(getpid()).new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(errno) }
        // Independent of the umask.
        fchmod(descriptor, 0o644)
        let error = Self.write(Array(text.utf8), to: descriptor)
        close(descriptor)
        guard error == 0, rename(draft, path) == 0 else {
            let number = error == 0 ? errno : error
            unlink(draft)
            throw failure(number)
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return errno }
            rest = rest.dropFirst(count)
        }
        return 0
    }

    private func failure(_ number: Int32) -> AccountsError {
        AccountsError(
            .cannotCreate,
            "\(path.printable(limit: 200)) cannot be written.",
            reason: "\(String(cString: strerror(number))).",
            suggestion: "name a file in a directory of this user: tsaccounts serve --textfile DIR/tsaccounts.prom"
        )
    }
}

private func systemWrite(_ descriptor: Int32, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, base, count)
}
