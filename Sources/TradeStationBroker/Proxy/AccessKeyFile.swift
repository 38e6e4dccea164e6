import Foundation
import NIOPosix
package import TradeStationModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file with the key of a profile, which only this user can read. It outlives the proxy, so that the URLs of programs
/// stay valid.
package struct AccessKeyFile: Hashable, Sendable {
    package let path: String
    private let makesDirectory: Bool

    /// The largest file that is read, in bytes.
    private static let limit = 256

    /// - Parameter makesDirectory: whether a missing directory of the file is created, with mode 0700.
    package init(path: String, makesDirectory: Bool = false) {
        self.path = path
        self.makesDirectory = makesDirectory
    }

    /// The key in the file. A missing file is created with a new key.
    ///
    /// - Throws: ``AccountsError`` `insecure_permissions` if another user could read or change the file; `cannot_create`;
    ///   `usage` if the file contains something else.
    package func key(_ random: RandomSource = .system) async throws -> AccessKey {
        try await NIOThreadPool.singleton.runIfActive { try readOrMake(random) }
    }

    private func readOrMake(_ random: RandomSource) throws(AccountsError) -> AccessKey {
        let directory = (path as NSString).deletingLastPathComponent
        if makesDirectory, mkdir(directory, 0o700) != 0, errno != EEXIST { throw failure("cannot be created") }
        let flags = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let old = open(path, O_RDONLY | flags)
        if old >= 0 {
            defer { close(old) }
            return try read(old)
        }
        guard errno == ENOENT else { throw failure("cannot be opened") }
        if let key = try make(AccessKey(random)) { return key }
        return try readOrMake(random)
    }

    /// Creates the file with a key; nil if another process has created it meanwhile. The file appears together with its
    /// content, so that nobody reads an incomplete key.
    private func make(_ key: AccessKey) throws(AccountsError) -> AccessKey? {
        var draft = Array((path + ".XXXXXX").utf8CString)
        let new = mkstemp(&draft)
        guard new >= 0 else { throw failure("cannot be created") }
        defer {
            close(new)
            unlink(draft)
        }
        let bytes = Array((key.secret.exposed + "\n").utf8)
        guard fchmod(new, 0o600) == 0, write(new, bytes, bytes.count) == bytes.count else {
            throw failure("cannot be written")
        }
        if link(draft, path) == 0 { return key }
        guard errno == EEXIST else { throw failure("cannot be created") }
        return nil
    }

    private func read(_ descriptor: Int32) throws(AccountsError) -> AccessKey {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("cannot be read") }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw AccountsError(
                .insecurePermissions,
                "Other users may read or change the key file \(shownPath), or it is not a regular file.",
                reason: "Who knows the key can use the profile while the proxy runs.",
                suggestion: "rm \(path.shellQuoted)   # a new key is made"
            )
        }
        var bytes = [UInt8](repeating: 0, count: Self.limit)
        let count = Foundation.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw failure("cannot be read") }
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        guard let key = AccessKey(text.hasSuffix("\n") ? text.dropLast() : text[...]) else {
            throw AccountsError(
                .usage,
                "\(shownPath) does not contain a key of the proxy.",
                suggestion: "name another file with --key-file, or rm \(path.shellQuoted)   # a new key is made"
            )
        }
        return key
    }

    private var shownPath: String { path.printable(limit: 200) }

    private func failure(_ what: String) -> AccountsError {
        AccountsError(
            .cannotCreate,
            "The key file \(shownPath) \(what).",
            reason: String(cString: strerror(errno)) + ".",
            suggestion: "name another file with --key-file"
        )
    }
}
