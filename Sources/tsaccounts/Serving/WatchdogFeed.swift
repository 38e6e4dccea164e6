import Foundation
import Synchronization
import TradeStationSessions

/// Tells systemd that `serve` is alive, while its loops are.
final class WatchdogFeed: Sendable {
    private let watchdog: Mutex<Watchdog?>
    private let systemd: NotifySocket
    private let clock = SystemClock()

    init(_ systemd: NotifySocket, environment: [String: String]) {
        self.systemd = systemd
        watchdog = Mutex(
            Watchdog(
                environment: environment,
                processID: ProcessInfo.processInfo.processIdentifier,
                now: SystemClock().bootMilliseconds()
            )
        )
    }

    /// How often a message is sent, in milliseconds; nil if systemd asks for none.
    var interval: Int64? { watchdog.withLock { $0?.interval } }

    /// Records that a loop runs.
    func beat(_ loop: Watchdog.Loop) {
        let now = clock.bootMilliseconds()
        watchdog.withLock { $0?.beat(loop, at: now) }
    }

    /// Sends messages until the task is cancelled.
    ///
    /// - Throws: `CancellationError`.
    func run(_ manager: SessionManager) async throws {
        guard let interval else { return }
        while true {
            if manager.keepsUp(within: interval) { beat(.refreshes) }
            let now = clock.bootMilliseconds()
            if watchdog.withLock({ $0?.isAlive(at: now) ?? false }) { systemd.send("WATCHDOG=1") }
            try await clock.sleep(milliseconds: interval)
        }
    }
}
