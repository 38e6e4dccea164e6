import Foundation
import TradeStationSessions

/// The directory of a self-test. By default it is on the file system of the user's store, but it is never
/// that store itself.
struct SelftestDirectory: Sendable {
    let path: String
    /// The parent directories that were created for the directory, innermost first.
    private let parents: [String]

    /// Creates the directory, in the given directory or else beside the store.
    ///
    /// - Throws: ``AccountsError`` `cannot_create`, `no_store_directory`.
    init(in given: String?, id: String) throws {
        let url =
            if let given {
                URL(fileURLWithPath: try SessionConfiguration(storeDirectory: given).dataDirectory)
                    .appendingPathComponent("selftest-\(id)")
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
                "The directory \(path) cannot be created.",
                reason: "The self-test needs a directory on the file system that it tests.",
                suggestion: "tsaccounts selftest --store DIR   # with a directory in which you can create files"
            )
        }
    }

    /// Removes the directory with its contents, and each parent directory that was created for it and is now empty.
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
