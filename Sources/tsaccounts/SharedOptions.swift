import ArgumentParser
import Foundation
import Logging
import TradeStationBroker
import TradeStationSessions

/// The options that every command accepts, before and after its name.
struct SharedOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @Option(
        name: .long,
        help: ArgumentHelp("Keep everything in this directory.", valueName: "dir"),
        completion: .directory
    )
    var store: String?

    @Flag(
        name: .customLong("trust-group"),
        help: "Trust the store's group and the directories above the store, as on a volume of a container."
    )
    var trustGroup = false

    @Flag(name: .short, help: "Suppress informational messages.")
    var quiet = false

    @Flag(name: .short, help: "Print details to standard error.")
    var verbose = false

    @Flag(name: .long, help: "Show times in UTC instead of the local time zone.")
    var utc = false

    @Flag(name: .customLong("no-input"), help: "Never prompt; fail instead.")
    var noInput = false

    @Option(name: .long, help: ArgumentHelp("How long to wait for a token or a lock.", valueName: "seconds"))
    var timeout: Double = 30

    @Option(
        name: .customLong("exchange-timeout"),
        help: ArgumentHelp(
            "How long the sign-in server may take to answer; up to 30 s if a refresh token could be lost.",
            valueName: "seconds"
        )
    )
    var exchangeTimeout: Double = 5

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--timeout takes a number of seconds from 0.001 to 86400.")
        }
        guard exchangeTimeout >= 0.001, exchangeTimeout <= 86_400 else {
            throw ValidationError("--exchange-timeout takes a number of seconds from 0.001 to 86400.")
        }
        if let store, store.isEmpty { throw ValidationError("--store takes a directory.") }
    }

    /// Whether the user can be asked questions.
    var canAsk: Bool { !noInput && HiddenPrompt.isPossible }

    /// The configuration of the session manager for a one-shot command.
    ///
    /// - Parameter requester: The name of the command, for the audit.
    func configuration(requester: String) -> SessionConfiguration {
        var configuration = SessionConfiguration(storeDirectory: store)
        configuration.requester = "tsaccounts \(requester)"
        configuration.timeout = .milliseconds(Int64(timeout * 1000))
        configuration.exchangeTimeout = .milliseconds(Int64(exchangeTimeout * 1000))
        configuration.refreshesBehind = false
        if trustGroup { configuration.trustsGroup = true }
        if verbose { configuration.logger = Logger(label: "tsaccounts", factory: { _ in ConsoleLog() }) }
        return configuration
    }

    /// The profile that the user asks for: the argument, else `TSACCOUNTS_PROFILE`, else the only profile.
    ///
    /// - Throws: `AccountsError` `bad_name`.
    func profile(_ argument: String?) throws -> ProfileChoice {
        try ProfileChoice(argument, environment: ProcessInfo.processInfo.environment)
    }

    /// The time zone in which times are shown and read.
    var zone: WallZone { utc ? .utc : .local }

    /// How results are shown on standard output now.
    var display: Display {
        .standardOutput(
            TimeText(now: SystemClock().wallTime(), zone: zone),
            environment: ProcessInfo.processInfo.environment
        )
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
