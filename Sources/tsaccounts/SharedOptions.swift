import ArgumentParser
import Foundation
import Logging
import TradeStationSessions

/// The options that every command accepts, before and after its name.
struct SharedOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @Option(name: .long, help: ArgumentHelp("Keep everything in this directory.", valueName: "dir"))
    var store: String?

    @Flag(
        name: .customLong("trust-group"),
        help: "Trust the store's group and the directories above it, as on a volume of a container."
    )
    var trustGroup = false

    @Flag(name: .short, help: "Print no notes.")
    var quiet = false

    @Flag(name: .short, help: "Print more details on standard error.")
    var verbose = false

    @Flag(name: .customLong("no-input"), help: "Never prompt; fail instead.")
    var noInput = false

    @Option(name: .long, help: ArgumentHelp("How long to wait for a token or a lock.", valueName: "seconds"))
    var timeout: Double = 30

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--timeout takes a number of seconds from 0.001 to 86400.")
        }
        if let store, store.isEmpty { throw ValidationError("--store takes a directory.") }
    }

    /// The configuration of the session manager for a one-shot command.
    ///
    /// - Parameter requester: The name of the command, for the audit.
    func configuration(requester: String) -> SessionConfiguration {
        var configuration = SessionConfiguration(storeDirectory: store)
        configuration.requester = "tsaccounts \(requester)"
        configuration.timeout = .milliseconds(Int64(timeout * 1000))
        configuration.refreshesBehind = false
        if trustGroup { configuration.trustsGroup = true }
        if verbose { configuration.logger = Logger(label: "tsaccounts", factory: { _ in ConsoleLog() }) }
        return configuration
    }

    /// The name of the requested profile: the argument, else `TSACCOUNTS_PROFILE`.
    ///
    /// - Returns: The name, or nil if neither is set. The store's only profile is used then.
    func profileName(_ argument: String?) throws -> ProfileName? {
        let text =
            argument ?? ProcessInfo.processInfo.environment["TSACCOUNTS_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
        return try text.map { try ProfileName($0) }
    }

    /// Notes that groups are trusted with the store, if they are.
    func noteTrustedGroup() {
        guard configuration(requester: "").trustsGroup else { return }
        note(
            "The store's group is trusted (--trust-group or TSACCOUNTS_TRUST_GROUP): its members can change the store."
        )
    }

    /// Prints a line on standard error, unless `-q` is set.
    func note(_ text: String) {
        if !quiet { Console.standardError(text) }
    }
}
