import ArgumentParser
import Foundation
import Logging
import TradeStationSessions

/// The options of every command, accepted before and after it.
struct SharedOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @Option(name: .long, help: ArgumentHelp("Keep everything in this directory.", valueName: "dir"))
    var store: String?

    @Flag(name: .short, help: "Print no notes.")
    var quiet = false

    @Flag(name: .short, help: "Say more on standard error.")
    var verbose = false

    @Flag(name: .customLong("no-input"), help: "Never ask; fail instead.")
    var noInput = false

    @Option(name: .long, help: ArgumentHelp("How long to wait for a token or a lock.", valueName: "seconds"))
    var timeout: Double = 30

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--timeout takes a number of seconds from 0.001 to 86400.")
        }
        if let store, store.isEmpty { throw ValidationError("--store takes a directory.") }
    }

    /// The manager's set-up for a one-shot command of that name.
    func configuration(requester: String) -> SessionConfiguration {
        var configuration = SessionConfiguration(storeDirectory: store)
        configuration.requester = "tsaccounts \(requester)"
        configuration.timeout = .milliseconds(Int64(timeout * 1000))
        configuration.refreshesBehind = false
        if verbose { configuration.logger = Logger(label: "tsaccounts", factory: { _ in ConsoleLog() }) }
        return configuration
    }

    /// The profile that is meant: the argument, else `TSACCOUNTS_PROFILE`, else nil for the only one there is.
    func profileName(_ argument: String?) throws -> ProfileName? {
        let named =
            argument ?? ProcessInfo.processInfo.environment["TSACCOUNTS_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
        return try named.map { try ProfileName($0) }
    }

    /// Says something on standard error, unless `-q`.
    func note(_ text: String) {
        if !quiet { Console.standardError(text) }
    }
}
