import Foundation
import TradeStationModel

/// A walk from the root directory to a directory. It finds everything on the way that lets other users replace the
/// directory.
///
/// Symbolic links are followed if only root or this user could have made them.
struct PathWalk {
    /// The path of the directory, with symbolic links resolved as far as it exists.
    private(set) var end = "/"
    private(set) var problems: [PermissionProblem] = []
    /// Whether a directory above keeps other users out, whatever the modes below it are.
    private(set) var keepsOthersOut = false

    private let path: String
    private let policy: PermissionPolicy
    private var reviewed: Set<String> = []

    private static let maximumLinks = 40

    init(to path: String, policy: PermissionPolicy) throws(AccountsError) {
        self.path = path
        self.policy = policy
        var names = Array(Self.names(path).reversed())
        var links = 0
        // The last link that was followed, and how many names of the path come after it.
        var link: (path: String, target: String, rest: Int)?
        while let name = names.popLast() {
            if name == ".." {
                end = end.directoryName
                continue
            }
            try review(end)
            let next = end == "/" ? "/" + name : end + "/" + name
            guard let status = try FileStatus.of(next) else {
                if let link, names.count >= link.rest { problems.append(.danglingLink(link.path, to: link.target)) }
                end = ([next] + names.reversed()).joined(separator: "/")
                return
            }
            guard status.isSymbolicLink, let target = next.linkTarget else {
                end = next
                continue
            }
            links += 1
            guard status.isOwnedByUserOrRoot, links <= Self.maximumLinks else {
                problems.append(.symbolicLink(next))
                return
            }
            link = (next, target, names.count)
            if target.hasPrefix("/") { end = "/" }
            names += Self.names(target).reversed()
        }
    }

    /// Checks a directory that contains the next name of the path.
    private mutating func review(_ directory: String) throws(AccountsError) {
        guard reviewed.insert(directory).inserted, let status = try FileStatus.of(directory) else { return }
        if policy.keepsOthersOut(status) { keepsOthersOut = true }
        if !status.isOwnedByUserOrRoot {
            let user = UserGroup.userName(status.owner)
            problems.append(
                PermissionProblem(
                    message:
                        "User \(user ?? String(status.owner)) can replace \(path): \(directory) belongs to that user.",
                    repair: .advice(
                        "run the command as that user (sudo -u \(user ?? "#\(status.owner)") ...), or name a store "
                            + "in a directory of your own: tsaccounts --store DIR ..."
                    )
                )
            )
        } else if !policy.trustsGroup, status.mode & S_ISVTX == 0, policy.letsOthersWrite(status) {
            // In a sticky directory, only the owner of an entry can replace it.
            let message = "Other users can replace \(path): they can write to \(directory)."
            problems.append(
                status.owner == geteuid()
                    ? .tooOpen(directory, message, fix: "chmod go-w")
                    : PermissionProblem(
                        message: message,
                        repair: .advice(
                            "name a store in a directory of your own: tsaccounts --store DIR ... (or, if you trust "
                                + "these users, as on a volume of a container, add --trust-group)"
                        )
                    )
            )
        }
    }

    private static func names(_ path: String) -> [String] {
        path.split(separator: "/").map(String.init).filter { $0 != "." }
    }
}
