import Crypto
import Foundation
import TradeStationModel

/// The master key of a store as a credential of the service manager: a file that only this process can read, and that
/// belongs to root or to this user (`LoadCredential=` in systemd.exec(5)).
struct KeyCredential: Sendable {
    let path: String

    /// - Returns: nil if there is no such file.
    init?(path: String) {
        guard access(path, F_OK) == 0 else { return nil }
        self.path = path
    }

    /// The key.
    ///
    /// - Throws: `insecure_permissions`, `key_mismatch` if the file does not contain exactly 32 bytes.
    func load() throws(AccountsError) -> SymmetricKey {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw AccountsError.fileFailure(errno, path: path, "cannot be opened") }
        defer { close(descriptor) }
        let status = try FileStatus.of(descriptor: descriptor, path: path)
        // systemd gives the user access with an access control list, which shows as the permissions of the group root.
        let isForRoot = status.owner == 0 && status.group == 0
        guard status.isRegular, status.owner == 0 || status.owner == geteuid(),
            status.mode & (isForRoot ? 0o037 : 0o077) == 0
        else {
            throw AccountsError(
                .insecurePermissions,
                "The credential \(path) can be read or written by other users.",
                reason: "It must be a file of root or of this user, with mode 0400.",
                suggestion: "pass the key with LoadCredential=\(StoreLocation.credentialName) in the unit"
            )
        }
        var bytes = [UInt8](repeating: 0, count: KeyFile.length + 1)
        let count = read(descriptor, &bytes, bytes.count)
        guard count == KeyFile.length else {
            throw AccountsError(
                .keyMismatch,
                "\(path) is not a key.",
                reason: "A key has exactly \(KeyFile.length) bytes, without a line break.",
                suggestion: "pass the key file of the store, or a new one: head -c 32 /dev/urandom"
            )
        }
        return SymmetricKey(data: bytes.prefix(KeyFile.length))
    }
}
