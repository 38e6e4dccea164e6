import ArgumentParser
import TradeStationSessions

/// `tsaccounts status [NAME]`.
struct StatusCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the state of profiles; exit with 0 if all are ready.",
        discussion: """
            The exit status is 75 if a profile is degraded, its sign-in ends within 2 hours or its unused refresh \
            token ends soon; 77 if a profile needs a sign-in; 78 if an API key is refused; 65 if a profile is damaged.
            """
    )

    @Argument(help: "The profile; without it, all profiles.") var name: String?
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let wanted = try shared.profileName(name)
        try await withManager { manager in
            var listing = try await manager.registry.examinedListing()
            if let wanted { listing = try await only(wanted, of: listing, manager) }
            let text = ProfileText(now: SystemClock().wallTime())
            if shared.json {
                try Console.standardOutput(text.json(listing).line)
            } else {
                try text.table(listing).forEach(Console.standardOutput)
                if listing.names.isEmpty { shared.note("There is no profile yet.") }
                listing.damaged.map(text.failure).forEach(Console.standardError)
                listing.profiles.compactMap(text.warning).forEach(shared.note)
            }
            let worst = ExitStatus.worst(
                listing.profiles.map { ExitStatus.of($0, now: text.now) }
                    + listing.damaged.map { ExitStatus.of($0.error.code) }
            )
            if worst != ExitStatus.fine { throw Ending(status: worst) }
        }
    }

    /// - Throws: ``AccountsError`` `profile_not_found`.
    private func only(
        _ name: ProfileName,
        of listing: ProfileListing,
        _ manager: SessionManager
    ) async throws -> ProfileListing {
        var one = listing
        one.profiles.removeAll { $0.name != name }
        one.damaged.removeAll { $0.name.lowercased() != name.text.lowercased() }
        // The registry names the nearest profile.
        if one.names.isEmpty { one.profiles = [try await manager.registry.profile(named: name)] }
        return one
    }
}
