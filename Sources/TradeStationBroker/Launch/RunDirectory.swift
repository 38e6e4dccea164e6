import Foundation
package import TradeStationModel

/// The private directory with the files of one run: authorities and start-up hooks. It contains no secret.
package final class RunDirectory: Sendable {
    package let path: String
    /// Holds a lock on the directory, which tells other runs, and programs that clean up, that it is in use.
    private let lock: Int32

    private static let prefix = "tsaccounts-exec-"

    /// Creates a directory of mode 0700 in the user's runtime directory, or else in the directory for temporary files.
    ///
    /// Also removes the directories that killed runs have left behind.
    package init(environment: [String: String], now: Timestamp) throws(AccountsError) {
        let candidates = [environment["XDG_RUNTIME_DIR"], environment["TMPDIR"], "/tmp"].compactMap { $0 }
        let parent = candidates.first { $0.hasPrefix("/") && access($0, W_OK | X_OK) == 0 } ?? "/tmp"
        Self.removeLeftovers(in: parent, now: now)
        var template = Array("\(parent)/\(Self.prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Self.failure(parent, errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let number = errno
            if lock >= 0 { Foundation.close(lock) }
            throw Self.failure(path, number)
        }
    }

    /// Writes a file of mode 0600 and returns its path.
    func write(_ data: Data, as name: String) throws(AccountsError) -> String {
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure(file, errno) }
        defer { Foundation.close(descriptor) }
        var rest = data[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(file, errno) }
            rest = rest.dropFirst(count)
        }
        return file
    }

    /// Writes the start-up hook for Python and returns the directory for `PYTHONPATH`.
    package func writePythonHook() throws(AccountsError) -> String {
        let directory = "\(path)/python"
        guard mkdir(directory, 0o700) == 0 else { throw Self.failure(directory, errno) }
        _ = try write(Data(StartupHooks.python.utf8), as: "python/\(StartupHooks.pythonModule)")
        return directory
    }

    /// Writes the start-up hook for Node and returns its path.
    package func writeNodeHook() throws(AccountsError) -> String {
        try write(Data(StartupHooks.node.utf8), as: StartupHooks.nodeFile)
    }

    /// Writes the files of a plan and returns their paths by variable.
    ///
    /// - Parameters:
    ///   - authority: The certificate of the run's authority.
    ///   - report: Called with the path of each file that cannot be read.
    package func write(
        _ plan: TrustPlan,
        authority: String,
        unreadable report: (String) -> Void
    ) throws(AccountsError) -> [String: String] {
        var paths: [String] = []
        for (index, content) in plan.contents.enumerated() {
            var bundle = Data()
            for file in content.files {
                guard let data = FileManager.default.contents(atPath: file) else {
                    report(file)
                    continue
                }
                bundle.append(data)
                bundle.append(contentsOf: [10])
            }
            for directory in content.directories {
                for name in ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted() {
                    guard let data = FileManager.default.contents(atPath: "\(directory)/\(name)"),
                        data.range(of: Data("-----BEGIN CERTIFICATE-----".utf8)) != nil
                    else { continue }
                    bundle.append(data)
                    bundle.append(contentsOf: [10])
                }
            }
            bundle.append(contentsOf: authority.utf8)
            paths.append(try write(bundle, as: "authorities-\(index + 1).pem"))
        }
        return plan.files.mapValues { paths[$0] }
    }

    /// Removes the directory.
    package func remove() {
        try? FileManager.default.removeItem(atPath: path)
        Foundation.close(lock)
    }

    private static func removeLeftovers(in parent: String, now: Timestamp) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            defer { Foundation.close(descriptor) }
            var status = stat()
            // A run that has just begun may not have its lock yet.
            guard fstat(descriptor, &status) == 0, status.st_uid == geteuid(),
                Int64(status.st_mtim.tv_sec) * 1_000 < now.milliseconds - 60_000,
                flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    private static func failure(_ path: String, _ number: Int32) -> AccountsError {
        AccountsError(
            .cannotCreate,
            "\(path.printable(limit: 200)) cannot be created.",
            reason: String(cString: strerror(number)) + ".",
            suggestion: "name a directory that you can write to: TMPDIR=DIR tsaccounts exec ..."
        )
    }
}
