import Foundation
public import TradeStationEmulator
public import TradeStationSessions

/// Runs a test of a trading program with its own emulator, a session manager with a store in memory, signed-in profiles
/// and one clock that moves only when the test moves it.
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
/// It uses only the loopback interface and writes no files. Any number of tests can run at once.
///
/// - Parameters:
///   - profiles: The profiles; by default `live` and `sim`, on one login.
///   - configuration: The emulator's configuration, for example rotation, lifetimes and users. Its clock is replaced.
///   - clock: The clock; pass one to start at a certain time.
///   - configure: Changes the manager's configuration, for example its timeouts. Its clock is replaced.
///   - body: The test. Emulator and manager are closed afterwards.
/// - Throws: ``EmulatorError``; ``AccountsError`` as ``EmulatedTradeStation/add(_:)``; the error of `body`.
public func withTradeStation<Result: Sendable>(
    profiles: [TestProfile] = [.live, .sim],
    emulator configuration: EmulatorConfiguration = EmulatorConfiguration(),
    clock: TestClock = TestClock(),
    configure: (inout SessionConfiguration) -> Void = { _ in },
    _ body: (EmulatedTradeStation) async throws -> Result
) async throws -> Result {
    var emulatorConfiguration = configuration
    emulatorConfiguration.now = { Date(timeIntervalSince1970: Double(clock.wallTime().milliseconds) / 1000) }
    var settings = SessionConfiguration(store: .inMemory())
    configure(&settings)
    settings.clock = clock
    return try await Emulator.with(emulatorConfiguration) { emulator in
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
