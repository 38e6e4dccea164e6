import Crypto
import Foundation
import TradeStationModel

/// The master key of a store: 32 random bytes in a file that other users cannot read.
///
/// It protects copies of the database. It does not protect against programs of the same user: a program that can read
/// the key and the database can open the secrets.
struct KeyFile: Sendable {
    static let length = 32
    private static let draftSuffixBytes = 8
    let path: String
    var policy = PermissionPolicy.strict

    /// The key; nil if there is no key file.
    ///
    /// - Throws: `insecure_permissions`, also if the file has a second hard link, maybe in an unsafe directory;
    ///   `key_mismatch` if the file does not contain exactly 32 bytes.
    func load() throws(AccountsError) -> SymmetricKey? {
        try load(maximumLinks: 1)
    }

    private func load(maximumLinks: UInt64) throws(AccountsError) -> SymmetricKey? {
        guard let file = try PrivateFile.existing(path: path, flags: O_RDONLY, secret: true, policy: policy) else {
            return nil
        }
        guard try FileStatus.of(descriptor: file.descriptor, path: path).links <= maximumLinks else {
            throw .secondName(path)
        }
        let bytes = try file.read(limit: Self.length + 1)
        guard bytes.count == Self.length else {
            throw AccountsError(
                .keyMismatch,
                "\(path) is not a key file.",
                reason: "A key file contains exactly \(Self.length) bytes, without a line break.",
                suggestion: "restore the key file from a backup"
            )
        }
        return SymmetricKey(data: bytes)
    }

    /// Returns the key, and creates it if there is none. Of several concurrent calls, one creates the key and all return it.
    func loadOrCreate(_ random: RandomSource) throws(AccountsError) -> SymmetricKey {
        if let key = try load(maximumLinks: 2) {
            try removeDraft()
            return key
        }
        let draft = "\(path).\(random.hex(bytes: Self.draftSuffixBytes))"
        defer { unlink(draft) }
        do {
            let file = try PrivateFile(path: draft, flags: O_WRONLY | O_CREAT, secret: true)
            try file.write(random.bytes(Self.length))
            try file.synchronize()
        }
        // link(2) names the complete file, or fails because another process was faster: no reader sees half a key.
        guard link(draft, path) == 0 || errno == EEXIST else {
            throw AccountsError.fileFailure(errno, path: path, "cannot be created")
        }
        try PrivateFile.remove(draft)
        try OpenDirectory(path: path.directoryName).synchronize()
        guard let key = try load(maximumLinks: 2) else { throw AccountsError.keyMissing(path) }
        return key
    }

    // Between link and unlink the key has two names. Another process may read it in that moment. A process that is
    // killed then leaves both names; the next process that creates a store removes the draft.
    private func removeDraft() throws(AccountsError) {
        guard let key = try FileStatus.of(path), key.links > 1 else { return }
        let directory = path.directoryName
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        let prefix = path.dropFirst(directory.count + 1) + "."
        for name in names where name.hasPrefix(prefix) && name.count == prefix.count + 2 * Self.draftSuffixBytes {
            let draft = directory + "/" + name
            if try FileStatus.of(draft)?.isSameFile(as: key) == true { try PrivateFile.remove(draft) }
        }
    }
}

extension AccountsError {
    static func secondName(_ path: String) -> AccountsError {
        AccountsError(
            .insecurePermissions,
            "\(path) has a second name (a hard link).",
            reason: "Under the other name, the key may be readable or copied by others.",
            suggestion: "find the other names of the file, and remove them: find / -xdev -samefile \(path.shellQuoted)"
        )
    }

    static func keyMissing(_ path: String) -> AccountsError {
        AccountsError(
            .keyMissing,
            "The key file \(path) is missing, and the database is sealed with it.",
            reason:
                "No new key was created: it could not open the secrets. Without the old key, the secrets are lost.",
            suggestion: "restore \(path.shellQuoted) from a backup; if there is none, move accounts.db* to another "
                + "directory, and add the profiles again: tsaccounts add profile NAME --client-id ID"
        )
    }
}
