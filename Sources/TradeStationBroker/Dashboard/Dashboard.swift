package import Logging
import NIOCore
package import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The page that shows a store in the browser of the user who started it: on a port of the loopback interface, opened
/// by a one-time link. It only reads.
package final class Dashboard: Sendable {
    private let listener: HTTPListener
    /// The link. It opens the page once, within ``linkLifetime``.
    package let link: String

    /// How long the link can be opened.
    package static let linkLifetime = Duration.milliseconds(DashboardGate.linkMilliseconds)

    private init(listener: HTTPListener, link: String) {
        self.listener = listener
        self.link = link
    }

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - clock: The clock of the manager.
    ///   - zone: The zone of the times on the page.
    /// - Throws: The system's error if no port can be used.
    package static func start(
        _ manager: SessionManager,
        clock: any TimeSource = SystemClock(),
        random: RandomSource = .system,
        zone: WallZone,
        logger: Logger
    ) async throws -> Dashboard {
        let responder = DashboardResponder(manager: manager, clock: clock, zone: zone, logger: logger)
        var limits = HTTPLimits()
        // Event streams never complete, so there is nothing to wait for.
        limits.closeTime = .milliseconds(100)
        let listener = try await HTTPListener.start(
            on: .loopback(port: 0),
            logger: logger,
            limits: limits,
            // An unknown user still needs the link.
            admit: { client in client.userID.map { $0 == geteuid() } ?? true },
            responder: responder
        )
        let port = listener.port ?? 0
        let gate = DashboardGate(port: port, random: random, now: clock.bootMilliseconds())
        responder.open(with: gate)
        return Dashboard(listener: listener, link: gate.address(port: port))
    }

    /// Stops listening.
    package func close() async {
        await listener.close()
    }
}
