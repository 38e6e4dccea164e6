import ArgumentParser
import Foundation
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts proxy [NAME...]`.
struct ProxyCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "proxy",
        abstract: "Forward API requests of other programs until SIGTERM or Ctrl-C.",
        discussion: """
            A program on this machine sends its requests to the printed URL instead of TradeStation's, for example \
            http://127.0.0.1:8080/NAME/v3/brokerage/accounts, with the key in the header field X-TSAccounts-Key; or it \
            puts the key in the place of NAME. It needs no token. The limits of the profile apply, and streams pass as \
            they arrive. The key is in a file that only this user can read; it stays the same for the next run.

            A program that refreshes tokens itself posts to /KEY/oauth/token. It gets a token that is good for nothing \
            but this proxy.
            """
    )

    @Argument(help: "The profiles.", completion: .profiles) var names: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Listen on this port of 127.0.0.1; 0 selects a free one.", valueName: "127.0.0.1:port")
    )
    var listen = ListenAddress(port: 0)

    @Option(
        name: .customLong("key-file"),
        help: ArgumentHelp(
            "The file with the key; with several profiles, FILE.NAME for each.",
            valueName: "file"
        ),
        completion: .file()
    )
    var keyFile: String?

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let wanted = try names.isEmpty ? [shared.profile(nil)] : names.map { try shared.profile($0) }
        var configuration = shared.configuration(requester: Self.requester)
        configuration.refreshesBehind = true
        let (directory, logger) = (try configuration.dataDirectory, configuration.logger)
        do {
            try await withSessionManager(configuration: configuration) { manager in
                let files = ProxyKeyFiles(option: keyFile, dataDirectory: directory)
                var profiles: [ProxiedURL] = []
                for choice in wanted {
                    let record = try await choice.record(in: manager)
                    guard !profiles.contains(where: { $0.session.profile.profile.id == record.profile.id }) else {
                        continue
                    }
                    let session = try await manager.session(named: record.name.text)
                    let file = files.file(for: record.name, isOnly: wanted.count == 1)
                    profiles.append(ProxiedURL(session: session, file: file, key: try await file.key()))
                }
                let proxy = try await ProxyListener.start(of: manager, on: listen.port, logger: logger)
                proxy.serve(profiles.map { ($0.session, $0.key) })
                try await run(proxy, profiles, manager)
            }
        } catch is CancellationError {
            // SIGTERM or SIGINT ends the command with status 0.
        }
    }

    private func run(_ proxy: ProxyListener, _ profiles: [ProxiedURL], _ manager: SessionManager) async throws {
        do {
            try announce(profiles, port: proxy.port)
            // Keeps the tokens fresh until the command is ended.
            try await manager.run()
            await proxy.close()
        } catch {
            await proxy.close()
            throw error
        }
    }

    private func announce(_ profiles: [ProxiedURL], port: Int) throws {
        if shared.json {
            let list = profiles.map { $0.json(port: port) }
            return try Console.standardOutput(JSONText.object([("profiles", .array(list))]).line)
        }
        for profile in profiles { try Console.standardOutput(profile.line(port: port)) }
        guard let first = profiles.first else { return }
        shared.note(
            "Try: sed 's/^/X-TSAccounts-Key: /' \(first.file.path.shellQuoted) | curl -sS -H @- "
                + "\(first.url(port: port))/v3/brokerage/accounts"
        )
    }
}
