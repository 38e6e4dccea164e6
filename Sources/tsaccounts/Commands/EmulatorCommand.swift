import ArgumentParser
import TradeStationEmulator
import TradeStationSessions

/// `tsaccounts emulator`.
struct EmulatorCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "emulator",
        abstract: "Run a stand-in for TradeStation's sign-in server and API until Ctrl-C.",
        discussion: """
            The first line on standard output is JSON: addresses, clients, users. Below CONTROL_URL:

              GET  counts    what it was asked: {exchanges, refused, orders_accepted, open_streams, ...}
              GET  log       one JSON object per request, with fingerprints instead of tokens
              GET  orders    the orders that were accepted; GET streams the streams that are open
              POST faults    a script of misbehaviour; GET shows what is left of it
              POST streams   {"do": "send", "objects": [{...}], "to": {"kind": "quotes"}} acts on open streams now
              POST settings  {"access_token_seconds": 60, "rotate": true, "overlap": 30, ...}; GET shows them
              POST advance   {"seconds": 60} moves its clock
              POST expire_access, POST revoke_all   end all access tokens, all refresh tokens

            A script: {"faults": [{"at": "token", "when": "before", "do": "respond", "status": 429,
            "headers": {"Retry-After": "5"}, "body": "{}", "times": 2}]}, with
            at: token|revoke|api|stream|authorize; when: before|after (its own commit);
            do: close|hang|delay|respond|truncate (hang and delay take "seconds"); at stream also
            go_away|dual_logon|error|silence|cut|end, once it has sent so many "objects".
            Streams take the same words at once, and send (with "objects" or "text"), next, heartbeat;
            "to" names an id, kind, username or path. An object a second comes by itself here.
            Settings of streams: heartbeat_seconds, stream_seconds, stream_limit,
            stream_chunks objects|split|several|bytes, stream_expiry open|cut|error;
            of quotas: quota_limit (0 for none), quota_seconds, sends_retry_after.
            """
    )

    @Option(name: .long, help: "The port; 0 for a free one.") var port: UInt16 = 0

    @Option(name: .customLong("access-token-seconds"), help: ArgumentHelp("An access token's life.", valueName: "n"))
    var accessTokenSeconds = 1200

    @Flag(name: .long, help: "Every refresh brings a new refresh token.") var rotate = false

    @Option(name: .long, help: ArgumentHelp("How long the previous refresh token still passes.", valueName: "seconds"))
    var overlap = 0

    @Option(name: .long, help: ArgumentHelp("A rotating refresh token's life.", valueName: "seconds"))
    var idle = 1800

    @Option(name: .long, help: ArgumentHelp("A rotating sign-in's life.", valueName: "seconds"))
    var absolute = 86_400

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard accessTokenSeconds > 0, overlap >= 0, idle > 0, absolute > 0 else {
            throw ValidationError("Lives are at least 1 second, the overlap at least 0.")
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
        do {
            try await Emulator.with(configuration) { emulator in
                try Console.standardOutput(emulator.addresses.json)
                while true { try await SystemClock().sleep(milliseconds: 3_600_000) }
            }
        } catch let error as EmulatorError {
            throw AccountsError(
                .cannotCreate,
                "The emulator cannot listen on port \(error.port).",
                suggestion: "--port 0"
            )
        }
    }
}
