import TradeStationModel

/// Something that lets other users read or change a store, or replace a part of it.
struct PermissionProblem: Hashable, Sendable {
    /// How a user repairs the problem.
    enum Repair: Hashable, Sendable {
        /// A command without the path that it is applied to. The error for several problems contains each command once,
        /// followed by the paths of all problems that it repairs.
        case command(String, path: String)
        /// An instruction. If it contains several commands, they are in the order in which to run them.
        case advice(String)
    }

    let message: String
    var reason: String?
    let repair: Repair

    static func symbolicLink(_ path: String) -> PermissionProblem {
        let target = path.linkTarget.map { $0.hasPrefix("/") ? $0 : path.directoryName + "/" + $0 }
        return PermissionProblem(
            message: "\(path) is a symbolic link.",
            reason: "A program that can change the link could make tsaccounts use another file.",
            repair: .advice(
                target.map {
                    "replace the link by its target: rm \(path.shellQuoted) && mv \($0.shellQuoted) \(path.shellQuoted)"
                }
                    ?? "name the directory itself: tsaccounts --store DIR ..."
            )
        )
    }

    static func danglingLink(_ path: String, to target: String) -> PermissionProblem {
        PermissionProblem(
            message: "\(path) is a symbolic link to \(target), which does not exist.",
            repair: .advice("mount or restore that directory, or name another store: tsaccounts --store DIR ...")
        )
    }

    static func notRegular(_ path: String) -> PermissionProblem {
        PermissionProblem(
            message: "\(path) is not a regular file.",
            repair: .advice("move it away: mv \(path.shellQuoted) \((path + ".bad").shellQuoted)")
        )
    }

    static func tooOpen(_ path: String, _ message: String, fix: String) -> PermissionProblem {
        PermissionProblem(message: message, repair: .command(fix, path: path))
    }
}

extension AccountsError {
    /// One error for all problems, with all repairs.
    static func insecure(_ problems: [PermissionProblem]) -> AccountsError {
        let rest = problems.dropFirst().map(\.message) + problems.compactMap(\.reason)
        var commands: [(name: String, paths: [String])] = []
        var advice: [String] = []
        for problem in problems {
            switch problem.repair {
            case .command(let name, let path):
                if let index = commands.firstIndex(where: { $0.name == name }) {
                    if !commands[index].paths.contains(path.shellQuoted) {
                        commands[index].paths.append(path.shellQuoted)
                    }
                } else {
                    commands.append((name, [path.shellQuoted]))
                }
            case .advice(let text): if !advice.contains(text) { advice.append(text) }
            }
        }
        let command = commands.map { "\($0.name) \($0.paths.joined(separator: " "))" }.joined(separator: " && ")
        return AccountsError(
            .insecurePermissions,
            problems.first?.message ?? "Other users can change the store.",
            reason: rest.isEmpty ? nil : rest.joined(separator: " "),
            suggestion: (command.isEmpty ? advice : [command] + advice).joined(separator: "; ")
        )
    }
}
