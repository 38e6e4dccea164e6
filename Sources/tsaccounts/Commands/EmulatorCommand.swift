import ArgumentParser
import TradeStationEmulator
import TradeStationSessions

/// `tsaccounts emulator`.
struct EmulatorCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "emulator",
        abstract: "Run an emulator of TradeStation's sign-in server and API until Ctrl-C.",
        discussion: """
            The first line of standard output is JSON with the addresses, clients and users. Standard error shows a \
            command that adds a profile. Paths below CONTROL_URL:

              GET  counts    the numbers of requests: {exchanges, refused, orders_accepted, open_streams, ...}
              GET  log       one JSON object per request, with fingerprints instead of tokens
              GET  orders    the accepted orders
              GET  streams   the open streams
              POST faults    set a script of faults; GET returns the remaining ones
              POST streams   {"do": "send", "objects": [{...}], "to": {"kind": "quotes"}} acts on open streams now
              POST settings  {"access_token_seconds": 60, "rotate": true, "overlap": 30, ...}; GET returns them
              POST advance   {"seconds": 60} advances the clock of the emulator
              POST expire_access   ends all access tokens
              POST revoke_all      ends all refresh tokens

            A script of faults: {"faults": [{"at": "token", "when": "before", "do": "respond", "status": 429,
            "headers": {"Retry-After": "5"}, "body": "{}", "times": 2}]}
              at     token|revoke|api|stream|authorize
              when   before|after the emulator processes the request
              do     close|hang|delay|respond|truncate; hang and delay take "seconds"
                     for streams also go_away|dual_logon|error|silence|cut|end, after a number of "objects"

            In POST streams, "do" can be send (with "objects" or "text"), next (send the next generated object), \
            heartbeat, or one of the words above that are only for streams (from go_away to end). "to" selects \
            streams by id, kind, username or path. By default each stream sends one object per second.

            Settings of streams: heartbeat_seconds, stream_seconds, stream_limit,
              stream_chunks objects|split|several|bytes, stream_expiry open|cut|error
            Settings of quotas: quota_limit (0: none), quota_seconds, sends_retry_after
            """
    )

    @Option(name: .long, help: "The port. 0 means the port in the state file, or a free port if there is none.")
    var port: UInt16 = 0

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Keep the port, the sign-ins and their tokens in this file over restarts.",
            valueName: "file"
        )
    )
    var state: String?

    @Option(
        name: .customLong("access-token-seconds"),
        help: ArgumentHelp("Lifetime of an access token.", valueName: "seconds")
    )
    var accessTokenSeconds = 1200

    @Flag(name: .long, help: "Rotate: issue a new refresh token with every refresh.") var rotate = false

    @Option(
        name: .long,
        help: ArgumentHelp("Time for which the previous refresh token is still accepted.", valueName: "seconds")
    )
    var overlap = 0

    @Option(
        name: .long,
        help: ArgumentHelp("Lifetime of an unused refresh token, with --rotate.", valueName: "seconds")
    )
    var idle = 1800

    @Option(name: .long, help: ArgumentHelp("Lifetime of a sign-in, with --rotate.", valueName: "seconds"))
    var absolute = 86_400

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard accessTokenSeconds > 0, overlap >= 0, idle > 0, absolute > 0 else {
            throw ValidationError("Lifetimes must be at least 1 second, the overlap at least 0.")
        }
    }

    func run() async throws {
        var configuration = EmulatorConfiguration(
            port: Int(port),
            accessTokenSeconds: accessTokenSeconds,
            rotate: rotate,
            overlapSeconds: overlap,
            idleSeconds: idle,
            absoluteSeconds: absolute
        )
        configuration.settings.streamSeconds = 1
        configuration.stateFile = state
        do {
            try await Emulator.with(configuration) { emulator in
                try Console.standardOutput(emulator.addresses.json)
                for line in Self.firstSteps(emulator.addresses) { shared.note(line) }
                while true { try await SystemClock().sleep(milliseconds: 3_600_000) }
            }
        } catch let error as EmulatorError {
            throw AccountsError(
                .cannotCreate,
                "The emulator cannot listen on port \(error.port).",
                suggestion: state == nil ? "tsaccounts emulator --port 0" : "end the program that uses this port"
            )
        } catch let error as EmulatorStateError {
            throw AccountsError(
                .cannotCreate,
                "The emulator cannot keep its state in \(error.path.printable(limit: 200)).",
                reason: error.reason,
                suggestion: "choose another file with --state"
            )
        }
    }

    /// A command that adds a profile of the emulator, ready to paste: it uses the public client, which has no secret.
    private static func firstSteps(_ addresses: EmulatorAddresses) -> [String] {
        let command = [
            "tsaccounts", "add", "profile", "emulated", "--sim", "--client-id", addresses.publicClientID,
            "--client-auth", "none", "--authorize-url", addresses.authorizeURL, "--token-url", addresses.tokenURL,
            "--revoke-url", addresses.revokeURL, "--api-url", addresses.simURL,
        ]
        let users = addresses.users.map { "\($0.username) (password \($0.password))" }.joined(separator: " or ")
        return [
            "Add a profile of this emulator:", "  " + command.map(\.shellQuoted).joined(separator: " "),
            "Sign in as \(users). Stop the emulator with Ctrl-C.",
        ]
    }
}
