import TradeStationEmulator
import TradeStationSessions

/// The proof of the promise on this machine: real processes, real expiries, the real file system, and a server that
/// counts. Emulator and store live as long as ``run()``.
struct Selftest: Sendable {
    /// What came of it.
    struct Findings: Sendable {
        var tally = SelftestTally()
        var children: [ChildRecord] = []
        var requests: [RequestLogEntry] = []
    }

    let plan: SelftestPlan
    /// The program that asks for tokens.
    let executable: String
    /// The directory of the store.
    let directory: String
    let random: RandomSource
    /// Told how far it is.
    let note: @Sendable (String) -> Void
    /// Told where the server can be watched.
    let detail: @Sendable (String) -> Void

    /// Runs all rounds, or as many as there are until something is lost.
    ///
    /// - Throws: ``AccountsError`` when the test itself could not be run; `CancellationError`.
    func run() async throws -> Findings {
        let running = min(plan.processes, SelftestPlan.mostAtOnce)
        try DescriptorLimit.require(running + 2 * min(plan.logins, running) + 64)
        var configuration = SessionConfiguration(storeDirectory: directory)
        configuration.requester = "tsaccounts selftest"
        configuration.refreshesBehind = false
        let set = configuration
        return try await Emulator.with(plan.emulator) { emulator in
            detail("The server: \(emulator.addresses.controlURL)")
            return try await withSessionManager(configuration: set) { manager in
                try await SelftestRun(selftest: self, emulator: emulator, manager: manager).findings()
            }
        }
    }
}
