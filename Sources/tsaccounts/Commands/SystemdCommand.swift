import ArgumentParser
import Foundation
import TradeStationSessions

/// `tsaccounts systemd`.
struct SystemdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "systemd",
        abstract: "Print units that run serve as a service.",
        discussion: """
            Prints the service and its socket, for the services of the user (--user) or of the system (--system). \
            --write DIR writes them as files instead, and prints the commands that start the service. The system's \
            service runs as the user tsaccounts, who can reach nothing but the store in /var/lib/tsaccounts, and takes \
            the key from the credential tsaccounts.key if there is one.
            """
    )

    @Flag(help: "Whose service it is.") var scope: Scope = .user

    @Option(
        name: .long,
        help: ArgumentHelp("Write the units into this directory.", valueName: "dir"),
        completion: .directory
    )
    var write: String?

    @OptionGroup var shared: SharedOptions

    enum Scope: String, EnumerableFlag {
        case user, system

        fileprivate var units: SystemdUnits.Scope { self == .user ? .user : .system }
    }

    func run() throws {
        let units = SystemdUnits(scope: scope.units, program: Self.program, store: try storeDirectory)
        guard let write else {
            for file in units.files { try Console.standardOutput("# \(file.directory)/\(file.name)\n\(file.text)") }
            return
        }
        for file in units.files {
            let path = write + "/" + file.name
            do {
                try Data(file.text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
            } catch {
                throw AccountsError(
                    .cannotCreate,
                    "\(path.printable(limit: 200)) cannot be written.",
                    reason: FileManager.default.fileExists(atPath: path)
                        ? "It exists already." : "The directory does not exist or cannot be written.",
                    suggestion: "tsaccounts systemd --\(scope.rawValue)   # prints the units"
                )
            }
        }
        for step in units.steps { try Console.standardOutput(step) }
    }

    /// The directory that `--store` names; nil without the option.
    private var storeDirectory: String? {
        get throws { shared.store == nil ? nil : try shared.configuration(requester: "").dataDirectory }
    }

    /// The path of this program.
    private static var program: String {
        Bundle.main.executableURL?.resolvingSymlinksInPath().path ?? CommandLine.arguments[0]
    }
}
