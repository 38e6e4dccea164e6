import Foundation
import TradeStationModel

/// An open file that other users cannot write. It is closed when the last reference is released.
final class PrivateFile: Sendable {
    let path: String
    let descriptor: Int32

    /// Opens a file and checks it. Symbolic links are not followed.
    ///
    /// - Parameters:
    ///   - flags: for `open(2)`. With `O_CREAT` a new file gets mode 0600, independent of the umask.
    ///   - secret: whether the file must not be readable by other users either.
    ///   - policy: which other users are trusted.
    ///
    /// A mode that is too permissive is corrected if a directory above keeps other users out.
    ///
    /// - Throws: `insecure_permissions`, or the error for the failed system call.
    init(
        path: String,
        flags: Int32,
        secret: Bool = false,
        policy: PermissionPolicy = .strict
    ) throws(AccountsError) {
        let (descriptor, isNew) = try Self.open(path, flags)
        self.path = path
        self.descriptor = descriptor
        if isNew, fchmod(descriptor, 0o600) != 0 {
            throw AccountsError.fileFailure(errno, path: path, "cannot be created")
        }
        let status = try FileStatus.of(descriptor: descriptor, path: path)
        guard let problem = status.problem(of: path, secret: secret, policy: policy) else { return }
        guard status.isRegular, status.owner == geteuid(), try PathWalk(to: path, policy: policy).keepsOthersOut else {
            throw .insecure([problem])
        }
        fchmod(descriptor, status.mode & 0o700)
    }

    deinit { close(descriptor) }

    /// Opens a file; nil if it does not exist.
    static func existing(
        path: String,
        flags: Int32,
        secret: Bool = false,
        policy: PermissionPolicy = .strict
    ) throws(AccountsError) -> PrivateFile? {
        guard try FileStatus.of(path) != nil else { return nil }
        return try PrivateFile(path: path, flags: flags, secret: secret, policy: policy)
    }

    /// Removes a file, if it exists.
    static func remove(_ path: String) throws(AccountsError) {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw AccountsError.fileFailure(errno, path: path, "cannot be removed")
        }
    }

    /// Whether the file still has a name, so that other processes can find it.
    var isNamed: Bool { (try? FileStatus.of(descriptor: descriptor, path: path).links > 0) ?? false }

    func write(_ bytes: [UInt8], at offset: Int64 = 0) throws(AccountsError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset) + off_t(written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw AccountsError.fileFailure(errno, path: path, "cannot be written") }
            written += count
        }
    }

    /// Reads up to `limit` bytes from a position.
    func read(limit: Int, at offset: Int64 = 0) throws(AccountsError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = try read(into: &bytes, at: offset)
        return Array(bytes[..<count])
    }

    /// Reads from a position until `bytes` is full or the file ends, without allocating memory. Returns the number of
    /// bytes that were read.
    func read(into bytes: inout [UInt8], at offset: Int64 = 0) throws(AccountsError) -> Int {
        var total = 0
        while total < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[total...])
                return pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(total))
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw AccountsError.fileFailure(errno, path: path, "cannot be read") }
            if count == 0 { break }
            total += count
        }
        return total
    }

    func synchronize() throws(AccountsError) {
        guard fsync(descriptor) == 0 else {
            throw AccountsError.fileFailure(errno, path: path, "cannot be saved")
        }
    }

    /// Reserves space for `count` bytes, so that a later write needs no free space.
    func reserve(_ count: Int64) throws(AccountsError) {
        #if os(Linux)
            let failure = posix_fallocate(descriptor, 0, off_t(count))
        #else
            let failure = ftruncate(descriptor, off_t(count)) == 0 ? 0 : errno
        #endif
        guard failure == 0 else { throw AccountsError.fileFailure(failure, path: path, "cannot be prepared") }
    }

    // Opens a file and tells whether it is new, because the mode of an existing file must not be changed.
    private static func open(_ path: String, _ flags: Int32) throws(AccountsError) -> (descriptor: Int32, isNew: Bool) {
        let flags = flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        for _ in 0..<100 {
            let old = Foundation.open(path, flags & ~O_CREAT)
            if old >= 0 { return (old, false) }
            guard errno == ENOENT, flags & O_CREAT != 0 else {
                if errno == ELOOP { throw .insecure([.symbolicLink(path)]) }
                if errno == EISDIR || errno == ENXIO { throw .insecure([.notRegular(path)]) }
                throw AccountsError.fileFailure(errno, path: path, "cannot be opened")
            }
            let new = Foundation.open(path, flags | O_EXCL, 0o600)
            if new >= 0 { return (new, true) }
            guard errno == EEXIST else {
                throw AccountsError.fileFailure(errno, path: path, "cannot be created")
            }
        }
        throw AccountsError.fileFailure(EAGAIN, path: path, "cannot be opened")
    }
}
