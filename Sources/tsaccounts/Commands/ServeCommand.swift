import ArgumentParser
import Foundation
import TradeStationBroker
import TradeStationSessions
import TradeStationStore

/// `tsaccounts serve`.
struct ServeCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Keep every profile fresh until SIGTERM or Ctrl-C.",
        discussion: """
            Refreshes each login in the last quarter of its access token's lifetime, including profiles that are added \
            or signed in while it runs. A failed refresh does not end it. Notifies systemd when it is ready \
            (Type=notify), and tells it which profiles need a sign-in. Prints a line for each refresh; with -v, each line \
            begins with the time. With --json, each line is a JSON object on standard output with the members event and at. \
            --on runs a command after an event, and so do lines on.EVENT = COMMAND in the file config beside the store's \
            key. On a signal it finishes and saves a running refresh, then exits with status 0. A second signal ends it at \
            once.

            Programs of the same user get access tokens from its socket, by HTTP: $XDG_RUNTIME_DIR/tsaccounts/agent.sock, \
            or agent/agent.sock in the store's directory if the variable is not set. TSACCOUNTS_SOCKET names another \
            path; if it is empty, there is no socket.
              curl --unix-socket "$XDG_RUNTIME_DIR/tsaccounts/agent.sock" http://localhost/v1/profiles/NAME/token
            """
    )

    @Option(
        help: ArgumentHelp("Listen on this Unix socket, in a directory of mode 0700.", valueName: "path"),
        completion: .file()
    )
    var socket: String?

    @Flag(name: .long, help: "Also show the profiles in a browser; prints the link.") var dashboard = false

    @Option(
        name: .long,
        help: ArgumentHelp("Also forward API requests, like the command proxy.", valueName: "127.0.0.1:port")
    )
    var listen: ListenAddress?

    @OptionGroup var hooks: HookOptions
    @OptionGroup var metrics: MetricsOptions
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let systemd = NotifySocket(environment: environment)
        let passed = SocketActivation.take(environment: environment)
        let watchdog = WatchdogFeed(systemd, environment: environment)
        let roundMilliseconds = min(Self.roundMilliseconds, watchdog.interval ?? .max)
        let (notices, notice) = AsyncStream.makeStream(of: KeepingNotice.self)
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        var configuration = shared.configuration(requester: Self.requester)
        let (registry, metricsFile) = (MetricsRegistry(), try metrics.textfile.map(MetricsFile.init))
        configuration.metrics = registry
        configuration.notice = { notice.yield($0) }
        let (directory, trustsGroup) = (try configuration.dataDirectory, configuration.trustsGroup)
        let runner = try hookRunner(configuration)
        do {
            try await withSessionManager(configuration: configuration) { manager in
                let listing = try await manager.registry.listing()
                let mark = ServeMark.take(in: directory, trustsGroup: trustsGroup)
                // Without this, the mark could be released right after the last line that uses it.
                defer { withExtendedLifetime(mark) {} }
                if case .other(let processID) = mark { try say(.otherServer(processID)) }
                let events = manager.events
                let exporter = metrics.exporter(registry, manager)
                let agent = Agent.served(manager, store: directory, metrics: exporter)
                let socket = ServedSocket(option: socket, passed: passed, environment: environment, store: directory)
                let listener = await listen(on: socket, agent)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await manager.run() }
                    group.addTask { await agent.run(on: listener) }
                    group.addTask { await runner.run(events) }
                    group.addTask { try await watchdog.run(manager) }
                    if let metricsFile {
                        let writer = MetricsFileWriter(file: metricsFile, exporter: exporter, say: { note($0) })
                        group.addTask { try await writer.run() }
                    }
                    group.addTask { try await watch(manager, from: listing, wakes, systemd, watchdog) }
                    if dashboard {
                        group.addTask { try await DashboardRun(shared: shared, opensBrowser: false).run(manager) }
                    }
                    if let listen { group.addTask { try await forward(on: listen, manager, store: directory) } }
                    group.addTask {
                        while true {
                            try await SystemClock().sleep(milliseconds: roundMilliseconds)
                            wake.yield()
                        }
                    }
                    group.addTask {
                        for await notice in notices {
                            try say(.notice(notice))
                            wake.yield()
                        }
                    }
                    group.addTask {
                        for await event in events {
                            if let line = ServeLine(event) { try say(line) }
                        }
                    }
                    defer { systemd.send("STOPPING=1") }
                    try await group.waitForAll()
                }
            }
        } catch is CancellationError {
            // SIGTERM or SIGINT ends the command with status 0.
        }
    }

    /// Listens on the socket. If that fails, profiles are kept fresh without it.
    private func listen(on socket: ServedSocket, _ agent: Agent) async -> HTTPListener? {
        do {
            let listener = try await socket.listen(agent, logger: shared.configuration(requester: "").logger)
            if shared.verbose, let place = socket.shownPlace { note("Listening on \(place).") }
            return listener
        } catch let error as AccountsError {
            note(ServeText.line(error))
        } catch {
            note("The socket could not be created: \(type(of: error)).")
        }
        return nil
    }

    /// Serves all profiles of the store. Checks for changes after each element of `wakes`: every ten seconds, and after
    /// every ``KeepingNotice``.
    private func watch(
        _ manager: SessionManager,
        from listing: ProfileListing,
        _ wakes: AsyncStream<Void>,
        _ systemd: NotifySocket,
        _ watchdog: WatchdogFeed
    ) async throws {
        var served = ServedProfiles()
        var shown: ServedHealth?
        var lastFailure: AccountsError.Code?
        var listing = listing
        var wake = wakes.makeAsyncIterator()
        while true {
            for failure in try await served.update(to: listing, of: manager) { try say(.unserved(failure)) }
            let health = ServedHealth(listing, failing: served.failing, shared.display.time)
            if health != shown {
                if shown == nil { systemd.send("READY=1") }
                systemd.send("STATUS=\(ServeText.status(health))")
                if shared.json || health.names != shown?.names { try say(.profiles(health)) }
                shown = health
            }
            watchdog.beat(.profiles)
            guard await wake.next() != nil else { break }
            do {
                listing = try await manager.registry.listing()
                lastFailure = nil
            } catch let error as AccountsError {
                if lastFailure != error.code { try say(.storeFailure(error)) }
                lastFailure = error.code
            }
        }
        try Task.checkCancellation()
    }

    /// Forwards API requests of other programs, for all profiles.
    private func forward(on address: ListenAddress, _ manager: SessionManager, store: String) async throws {
        let logger = shared.configuration(requester: "").logger
        let listener = try await ProxyListener.start(of: manager, on: address.port, logger: logger)
        let files = ProxyKeyFiles(option: nil, dataDirectory: store)
        var proxy = ServedProxy(listener, of: manager, files: files)
        note("Forwarding API requests at http://127.0.0.1:\(listener.port)/NAME; the keys are in \(store)/proxy.")
        do {
            try await proxy.run(note)
        } catch {
            await listener.close()
            throw error
        }
    }

    /// What runs the hooks of the options and of the settings file.
    private func hookRunner(_ configuration: SessionConfiguration) throws -> HookRunner {
        HookRunner(
            hooks: try hooks.hooks(configuration),
            environment: HookEnvironment(
                inheriting: ProcessInfo.processInfo.environment,
                store: shared.store == nil ? nil : try configuration.dataDirectory
            ),
            timeout: Int64(hooks.timeout * 1000),
            say: { note($0) }
        )
    }

    /// Prints a line about something other than a login.
    private func note(_ text: String) {
        // If standard output cannot be written, the next line about a login ends the command.
        try? say(.note(text))
    }

    /// Prints a line: a JSON object on standard output, or a note, with the time if `-v` is set.
    ///
    /// - Throws: `Ending` if standard output cannot be written.
    private func say(_ line: ServeLine) throws {
        let time = shared.display.time
        if shared.json { return try Console.standardOutput(line.json(at: time.now).line) }
        let text = line.text(time)
        shared.note(shared.verbose ? "\(time.stamp(time.now))  \(text)" : text)
    }

    /// The pause between two reads of the profiles: the longest delay before a new profile is noticed.
    private static let roundMilliseconds: Int64 = 10_000
}
