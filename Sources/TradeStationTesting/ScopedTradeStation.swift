import Foundation
public import TradeStationEmulator
public import TradeStationSessions

/// Gives a test of a trading program a TradeStation of its own: the emulator on a loopback port, a session manager on a
/// store in memory, profiles that are signed in, and one clock that stands still until the test moves it.
///
/// ```swift
/// @Test func `an hour takes three refreshes`() async throws {
///     try await withTradeStation { tradeStation in
///         let session = try await tradeStation.manager.session(named: "sim")
///         for _ in 1...3 {
///             tradeStation.clock.advance(by: .seconds(20 * 60))
///             _ = try await session.accounts()
///         }
///         #expect(tradeStation.emulator.counts.refreshes == 3)
///     }
/// }
/// ```
///
/// Nothing leaves the machine and nothing is left on disk. Any number may exist at once.
///
/// - Parameters:
///   - profiles: the profiles there are; unless said otherwise `live` and `sim`, on one login.
///   - configuration: how the emulator is set up: rotation, overlap, lives, users. Its clock is replaced.
///   - clock: the clock, to begin at a time that matters.
///   - configure: changes how the manager is opened: its timeouts, where messages go. Its clock is replaced.
///   - body: the test. Afterwards everything is closed.
/// - Throws: ``EmulatorError``; ``AccountsError`` as ``EmulatedTradeStation/add(_:)``; what `body` throws.
public func withTradeStation<Result: Sendable>(
    profiles: [TestProfile] = [.live, .sim],
    emulator configuration: EmulatorConfiguration = EmulatorConfiguration(),
    clock: TestClock = TestClock(),
    configure: (inout SessionConfiguration) -> Void = { _ in },
    _ body: (EmulatedTradeStation) async throws -> Result
) async throws -> Result {
    var emulation = configuration
    emulation.now = { Date(timeIntervalSince1970: Double(clock.wallTime().milliseconds) / 1000) }
    var settings = SessionConfiguration(store: .inMemory())
    configure(&settings)
    settings.clock = clock
    return try await Emulator.with(emulation) { emulator in
        clock.onMove { [weak emulator] in emulator?.streams.passTime() }
        return try await withSessionManager(configuration: settings) { manager in
            let tradeStation = EmulatedTradeStation(
                manager: manager,
                emulator: emulator,
                clock: clock,
                configuration: settings
            )
            for profile in profiles { try await tradeStation.add(profile) }
            return try await body(tradeStation)
        }
    }
}
