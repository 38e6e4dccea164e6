import ArgumentParser
import Foundation
import TradeStationSessions

/// `tsaccounts serve`.
struct ServeCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Keep every profile fresh until SIGTERM or Ctrl-C.",
        discussion: """
            Refreshes each login in the last quarter of its access token's lifetime, including profiles that are added \
            or signed in while it runs. A failed refresh does not end it. Notifies systemd when it is ready \
            (Type=notify). On a signal it finishes and saves a running refresh, then exits with status 0. A second \
            signal ends it at once.
            """
    )

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let systemd = NotifySocket(environment: ProcessInfo.processInfo.environment)
        let (notices, notice) = AsyncStream.makeStream(of: KeepingNotice.self)
        var configuration = shared.configuration(requester: Self.requester)
        configuration.notice = { notice.yield($0) }
        do {
            try await withSessionManager(configuration: configuration) { manager in
                let listing = try await manager.registry.listing()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await manager.run() }
                    group.addTask { try await watch(manager, from: listing, systemd) }
                    group.addTask { for await notice in notices { shared.note(ServeText.line(notice)) } }
                    defer { systemd.send("STOPPING=1") }
                    try await group.waitForAll()
                }
            }
        } catch is CancellationError {
            // SIGTERM or SIGINT ends the command with status 0.
        }
    }

    /// Serves all profiles of the store and checks for changes every ten seconds.
    private func watch(_ manager: SessionManager, from listing: ProfileListing, _ systemd: NotifySocket) async throws {
        var served = ServedProfiles()
        var names: [String]?
        var lastFailure: AccountsError.Code?
        var listing = listing
        while true {
            for failure in try await served.update(to: listing, of: manager) { shared.note(ServeText.line(failure)) }
            if served.names != names {
                if names == nil { systemd.send("READY=1") }
                systemd.send("STATUS=\(ServeText.status(served.names))")
                shared.note(ServeText.profiles(served.names))
                names = served.names
            }
            try await SystemClock().sleep(milliseconds: Self.roundMilliseconds)
            do {
                listing = try await manager.registry.listing()
                lastFailure = nil
            } catch let error as AccountsError {
                if lastFailure != error.code { shared.note(ServeText.line(error)) }
                lastFailure = error.code
            }
        }
    }

    /// The pause between two reads of the profiles: the longest delay before a new profile is noticed.
    private static let roundMilliseconds: Int64 = 10_000
}
