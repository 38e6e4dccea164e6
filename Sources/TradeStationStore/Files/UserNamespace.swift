import Foundation

/// The user namespace of this process (`user_namespaces(7)`), in which root of the machine may have no id.
enum UserNamespace {
    /// The id under which files of users without an id appear; nil if every user has an id.
    static let unmappedUser: uid_t? = {
        #if os(Linux)
            guard let map = try? String(contentsOfFile: "/proc/self/uid_map", encoding: .utf8) else { return nil }
            let fields = map.split(whereSeparator: \.isWhitespace)
            if fields == ["0", "0", "4294967295"] { return nil }
            let id = try? String(contentsOfFile: "/proc/sys/kernel/overflowuid", encoding: .utf8)
            return id.flatMap { uid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        #else
            return nil
        #endif
    }()
}
