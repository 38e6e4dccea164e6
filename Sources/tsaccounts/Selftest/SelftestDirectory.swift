import Foundation
import TradeStationSessions

/// The directory of a self-test: on the file system of the real store, and never the store itself.
struct SelftestDirectory: Sendable {
    let path: String
    /// Parents that were made for it, the innermost first.
    private let parents: [String]

    /// Makes one in a directory that was given, or else beside the store.
    ///
    /// - Throws: ``AccountsError`` `cannot_create`, `no_store_directory`.
    init(in given: String?, id: String) throws {
        let url =
            if let given {
                URL(fileURLWithPath: given).appendingPathComponent("selftest-\(id)")
            } else {
                URL(fileURLWithPath: try SessionConfiguration().dataDirectory + "-selftest-\(id)")
            }
        path = url.path
        parents = Self.missing(above: url)
        do {
            try FileManager.default.createDirectory(
                at: url,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw AccountsError(
                .cannotCreate,
                "The directory \(path) cannot be made.",
                reason: "The self-test needs a place on the file system that it is to test.",
                suggestion: "tsaccounts selftest --store DIR, with a directory that you may write"
            )
        }
    }

    /// Removes it with all that is in it, and the parents that were made for it and hold nothing else.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
        for parent in parents where rmdir(parent) != 0 { return }
    }

    private static func missing(above url: URL) -> [String] {
        var missing: [String] = []
        var parent = url.deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: parent.path), parent.path != "/" {
            missing.append(parent.path)
            parent = parent.deletingLastPathComponent()
        }
        return missing
    }
}
