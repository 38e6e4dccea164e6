import ArgumentParser
import Foundation
import TradeStationSessions

/// `tsaccounts serve`.
struct ServeCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Keep every profile fresh until SIGTERM or Ctrl-C.",
        discussion: """
            Refreshes each login in the last quarter of its token's life, also profiles that are added or signed in \
            while it runs. No failure ends it. Tells systemd when it is ready (Type=notify). At the end a refresh \
            under way is saved; the exit status is 0. A second signal ends it at once.
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
                let records = try await manager.registry.profiles()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await manager.run() }
                    group.addTask { try await watch(manager, from: records, systemd) }
                    group.addTask { for await notice in notices { shared.note(ServeText.line(notice)) } }
                    defer { systemd.send("STOPPING=1") }
                    try await group.waitForAll()
                }
            }
        } catch is CancellationError {
            // SIGTERM or SIGINT: that is how it ends.
        }
    }

    /// Serves whatever profiles there are, and looks again and again.
    private func watch(_ manager: SessionManager, from records: [ProfileRecord], _ systemd: NotifySocket) async throws {
        var roster = Roster()
        var names: [String]?
        var trouble: AccountsError.Code?
        var records = records
        while true {
            for failure in try await roster.update(to: records, of: manager) { shared.note(ServeText.line(failure)) }
            if roster.names != names {
                if names == nil { systemd.send("READY=1") }
                systemd.send("STATUS=\(ServeText.status(roster.names))")
                shared.note(ServeText.profiles(roster.names))
                names = roster.names
            }
            try await SystemClock().sleep(milliseconds: Self.roundMilliseconds)
            do {
                records = try await manager.registry.profiles()
                trouble = nil
            } catch let error as AccountsError {
                if trouble != error.code { shared.note(ServeText.line(error)) }
                trouble = error.code
            }
        }
    }

    /// How soon a new profile, or a sign-in by another process, is noticed.
    private static let roundMilliseconds: Int64 = 10_000
}
