import TradeStationEmulator
import TradeStationSessions

/// A test on this machine of the promise that no refresh is duplicated or lost. It uses real processes, real expiries,
/// the real file system, and an emulator that counts requests. The emulator runs, and the store is open, only during
/// ``run()``.
struct Selftest: Sendable {
    /// The results.
    struct Findings: Sendable {
        var tally = SelftestTally()
        var children: [ChildRecord] = []
        var requests: [RequestLogEntry] = []
    }

    let plan: SelftestPlan
    /// The path of `tsaccounts`, which is started to request tokens.
    let executable: String
    /// The directory of the store.
    let directory: String
    let random: RandomSource
    /// Receives progress messages.
    let note: @Sendable (String) -> Void
    /// Receives the address at which the emulator can be observed.
    let detail: @Sendable (String) -> Void

    /// Runs all rounds, or stops after the round in which something was lost.
    ///
    /// - Throws: ``AccountsError`` if the test itself could not be run; `CancellationError`.
    func run() async throws -> Findings {
        let running = min(plan.processes, SelftestPlan.mostAtOnce)
        try DescriptorLimit.require(running + 2 * min(plan.logins, running) + 64)
        var configuration = SessionConfiguration(storeDirectory: directory)
        configuration.requester = "tsaccounts selftest"
        configuration.refreshesBehind = false
        let set = configuration
        return try await Emulator.with(plan.emulator) { emulator in
            detail("Emulator: \(emulator.addresses.controlURL)")
            return try await withSessionManager(configuration: set) { manager in
                try await SelftestRun(selftest: self, emulator: emulator, manager: manager).findings()
            }
        }
    }
}
