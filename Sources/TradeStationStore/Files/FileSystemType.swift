import Foundation
import TradeStationModel

#if canImport(Darwin)
    import Darwin
#endif

/// The type of the file system that contains a directory, for example `ext4` or `apfs`.
package enum FileSystemType {
    /// The system's name for the type, or nil if it is unknown.
    package static func of(_ path: String) -> String? {
        #if canImport(Darwin)
            var status = statfs()
            guard statfs(path, &status) == 0 else { return nil }
            return withUnsafeBytes(of: status.f_fstypename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        #else
            let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            return (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)).flatMap { of(real, in: $0) }
        #endif
    }

    /// The file system that holds a path, as messages name it, for example `the file system (nfs4)`.
    static func named(at path: String) -> String {
        of(path).map { "The file system (\($0.printable(limit: 40)))" } ?? "The file system"
    }

    /// Whether a type is that of a file system on another machine, on which locks may not work.
    static func isNetwork(_ type: String) -> Bool {
        ["nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "webdav", "9p", "afs", "ceph", "lustre", "gpfs", "beegfs"]
            .contains(type) || type.hasPrefix("fuse.")
    }

    /// The type of the innermost mount that contains a path. If several mounts have the same directory, the last one
    /// counts.
    package static func of(_ path: String, in mounts: String) -> String? {
        var found: (point: String, type: String)?
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 2 else { continue }
            let point = String(fields[1]).replacing(#"\040"#, with: " ")
            let isAbove = point == "/" || path == point || path.hasPrefix(point + "/")
            if isAbove, point.utf8.count >= found?.point.utf8.count ?? 0 { found = (point, String(fields[2])) }
        }
        return found?.type
    }
}
