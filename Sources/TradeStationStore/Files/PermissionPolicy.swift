import Foundation

/// Which users, besides this one and root, are trusted with the files of a store.
struct PermissionPolicy: Hashable, Sendable {
    /// Whether groups, and whoever can write to the directories above the store, are trusted. Container platforms
    /// assign volumes to a group, and the user cannot choose the mode of a volume.
    let trustsGroup: Bool

    /// The policy that trusts no other users.
    static let strict = PermissionPolicy(trustsGroup: false)

    /// Whether users who are not trusted can write to a file or directory.
    func letsOthersWrite(_ status: FileStatus) -> Bool { othersBits(of: status) & 0o022 != 0 }

    /// Whether users who are not trusted have any permission on a file or directory.
    func letsOthersIn(_ status: FileStatus) -> Bool { othersBits(of: status) != 0 }

    /// Whether a directory keeps users who are not trusted away from everything below it.
    func keepsOthersOut(_ directory: FileStatus) -> Bool {
        directory.isOwnedByUserOrRoot && othersBits(of: directory) & 0o011 == 0
    }

    private func othersBits(of status: FileStatus) -> mode_t {
        let bits = status.mode & 0o077
        guard bits & 0o070 != 0, trustsGroup || UserGroup.isPrivate(status.group) else { return bits }
        return bits & 0o007
    }
}
