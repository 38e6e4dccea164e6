import ArgumentParser
import TradeStationBroker
import TradeStationSessions

/// `tsaccounts status [NAME]`.
struct StatusCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show profile health; exit with 0 if all profiles are ready.",
        discussion: """
            The exit status is
              75  if a profile is degraded, if its sign-in ends within 2 hours or may
                  have ended, or if its unused refresh token expires soon or may
                  have expired;
              77  if a profile needs a sign-in;
              78  if an API key is refused;
              65  if a profile is damaged.
            For each profile that needs something, the command that fixes it is shown.
            """
    )

    @Argument(help: "The profile; without it, all profiles.", completion: .profiles) var name: String?
    @OptionGroup var shared: SharedOptions

    func run() async throws {
        let wanted = try shared.profile(name)
        try await withManager { manager in
            var listing = try await manager.registry.examinedListing()
            if wanted.name != nil { listing = try await only(wanted, of: listing, manager) }
            let display = shared.display
            let text = ProfileText(manager, now: display.time.now)
            if shared.json {
                try Console.standardOutput(text.json(listing).line)
            } else {
                try ProfileTable(display: display, quotas: manager.quotas(of:)).lines(listing).forEach(
                    Console.standardOutput
                )
                if listing.names.isEmpty { shared.note("There is no profile yet.") }
                listing.damaged.map(text.failure).forEach(Console.standardError)
                for record in listing.profiles {
                    guard let advice = ProfileAdvice(for: record, display.time) else { continue }
                    shared.note("\(record.name): \(advice.problem) Try: \(advice.command)")
                }
            }
            shared.noteTrustedGroup()
            let worst = ExitStatus.worst(
                listing.profiles.map { ExitStatus.of($0, now: display.time.now) }
                    + listing.damaged.map { ExitStatus.of($0.error.code) }
            )
            if worst != ExitStatus.fine { throw Ending(status: worst) }
        }
    }

    /// Returns the part of a listing that is about the chosen profile.
    ///
    /// - Throws: ``AccountsError`` `profile_not_found`.
    private func only(
        _ choice: ProfileChoice,
        of listing: ProfileListing,
        _ manager: SessionManager
    ) async throws -> ProfileListing {
        let name = try await choice.profileName(in: manager)
        var one = listing
        one.profiles.removeAll { $0.name != name }
        one.damaged.removeAll { $0.name.lowercased() != name.text.lowercased() }
        // There is no such profile: reading it throws the error that names the nearest one.
        if one.names.isEmpty { one.profiles = [try await choice.record(in: manager)] }
        return one
    }
}
