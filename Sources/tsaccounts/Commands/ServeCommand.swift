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
            begins with the time. On a signal it finishes and saves a running refresh, then exits with status 0. A second \
            signal ends it at once.
            """
    )

    @Flag(name: .long, help: "Also show the profiles in a browser; prints the link.") var dashboard = false
    @Option(
        name: .long,
        help: ArgumentHelp("Also forward API requests, like the command proxy.", valueName: "127.0.0.1:port")
    )
    var listen: ListenAddress?

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let systemd = NotifySocket(environment: ProcessInfo.processInfo.environment)
        let (notices, notice) = AsyncStream.makeStream(of: KeepingNotice.self)
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        var configuration = shared.configuration(requester: Self.requester)
        configuration.notice = { notice.yield($0) }
        let (directory, trustsGroup) = (try configuration.dataDirectory, configuration.trustsGroup)
        do {
            try await withSessionManager(configuration: configuration) { manager in
                let listing = try await manager.registry.listing()
                let mark = ServeMark.take(in: directory, trustsGroup: trustsGroup)
                // Without this, the mark could be released right after the last line that uses it.
                defer { withExtendedLifetime(mark) {} }
                if case .other(let processID) = mark { say(ServeText.otherServer(processID)) }
                let events = manager.events
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await manager.run() }
                    group.addTask { try await watch(manager, from: listing, wakes, systemd) }
                    if dashboard {
                        group.addTask { try await DashboardRun(shared: shared, opensBrowser: false).run(manager) }
                    }
                    if let listen { group.addTask { try await forward(on: listen, manager, store: directory) } }
                    group.addTask {
                        while true {
                            try await SystemClock().sleep(milliseconds: Self.roundMilliseconds)
                            wake.yield()
                        }
                    }
                    group.addTask {
                        for await notice in notices {
                            say(ServeText.line(notice))
                            wake.yield()
                        }
                    }
                    group.addTask {
                        for await event in events {
                            if let line = ServeText.line(event, shared.display.time) { say(line) }
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

    /// Serves all profiles of the store. Checks for changes after each element of `wakes`: every ten seconds, and after
    /// every ``KeepingNotice``.
    private func watch(
        _ manager: SessionManager,
        from listing: ProfileListing,
        _ wakes: AsyncStream<Void>,
        _ systemd: NotifySocket
    ) async throws {
        var served = ServedProfiles()
        var shown: ServedHealth?
        var lastFailure: AccountsError.Code?
        var listing = listing
        var wake = wakes.makeAsyncIterator()
        while true {
            for failure in try await served.update(to: listing, of: manager) { say(ServeText.line(unserved: failure)) }
            let health = ServedHealth(listing, failing: served.failing, shared.display.time)
            if health != shown {
                if shown == nil { systemd.send("READY=1") }
                systemd.send("STATUS=\(ServeText.status(health))")
                if health.names != shown?.names { say(ServeText.profiles(health)) }
                shown = health
            }
            guard await wake.next() != nil else { break }
            do {
                listing = try await manager.registry.listing()
                lastFailure = nil
            } catch let error as AccountsError {
                if lastFailure != error.code { say(ServeText.line(error)) }
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
        say("Forwarding API requests at http://127.0.0.1:\(listener.port)/NAME; the keys are in \(store)/proxy.")
        do {
            try await proxy.run(say)
        } catch {
            await listener.close()
            throw error
        }
    }

    /// Prints a note, with the time if `-v` is set.
    private func say(_ line: String) {
        let time = shared.display.time
        shared.note(shared.verbose ? "\(time.stamp(time.now))  \(line)" : line)
    }

    /// The pause between two reads of the profiles: the longest delay before a new profile is noticed.
    private static let roundMilliseconds: Int64 = 10_000
}
