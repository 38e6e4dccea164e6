import Foundation

/// The private group that many systems create for each user, so that a umask of 002 is safe.
enum UserGroup {
    /// Whether this user is the only member of a group. The group must be the user's primary group, have the user's
    /// name, and list no other member.
    static func isPrivate(_ id: gid_t) -> Bool {
        // In containers, every user without an entry in the user database has root's group.
        guard id != 0, let user = user(geteuid()), user.group == id else { return false }
        var entry = group()
        var found: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: bufferSize)
        guard getgrgid_r(id, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.gr_name else {
            return false
        }
        var members: [String] = []
        var next = entry.gr_mem
        while let member = next?.pointee {
            members.append(String(cString: member))
            next = next?.advanced(by: 1)
        }
        return String(cString: name) == user.name && members.allSatisfy { $0 == user.name }
            && !hasOtherUsers(id, in: (try? String(contentsOfFile: "/etc/passwd", encoding: .utf8)) ?? "")
    }

    /// Whether a group is the primary group of another user. A group does not list such users as members.
    ///
    /// - Parameter entries: The lines of `passwd(5)`.
    static func hasOtherUsers(_ id: gid_t, in entries: String) -> Bool {
        entries.split(separator: "\n").contains { line in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            return fields.count > 3 && gid_t(fields[3]) == id && uid_t(fields[2]) != geteuid()
        }
    }

    /// The name of a user, for messages; nil if the system has none.
    static func userName(_ id: uid_t) -> String? { user(id)?.name }

    private static let bufferSize = 65_536

    private static func user(_ id: uid_t) -> (name: String, group: gid_t)? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: bufferSize)
        guard getpwuid_r(id, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name else {
            return nil
        }
        return (String(cString: name), entry.pw_gid)
    }
}
