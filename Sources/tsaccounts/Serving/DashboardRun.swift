import Foundation
import Logging
import TradeStationBroker
import TradeStationSessions

/// A dashboard that runs as long as its command: prints the link and opens the browser.
struct DashboardRun: Sendable {
    let shared: SharedOptions
    let opensBrowser: Bool

    /// Runs until the task is cancelled.
    ///
    /// - Throws: `CancellationError`.
    func run(_ manager: SessionManager) async throws {
        let logger = shared.configuration(requester: "dashboard").logger
        let dashboard = try await Dashboard.start(manager, zone: shared.zone, logger: logger)
        let page: BrowserPage?
        do {
            page = try present(dashboard.link)
        } catch {
            await dashboard.close()
            throw error
        }
        defer { page?.remove() }
        do {
            while true { try await SystemClock().sleep(milliseconds: 3_600_000) }
        } catch {
            await dashboard.close()
            throw error
        }
    }

    /// Says where the page is, and opens it.
    ///
    /// - Returns: The file that leads the browser there, if there is one.
    private func present(_ link: String) throws -> BrowserPage? {
        let minutes = Dashboard.linkLifetime.components.seconds / 60
        if shared.json {
            try Console.standardOutput(JSONText.object([("url", .string(link))]).line)
        } else {
            shared.note("Open the dashboard with this link. It works once, within \(minutes) minutes:")
            Console.standardError(link)
        }
        guard opensBrowser else { return nil }
        let environment = ProcessInfo.processInfo.environment
        let failed: @Sendable () -> Void = { shared.note("No browser could be opened. Open the link yourself.") }
        guard let page = BrowserPage.write(leadingTo: link, "the dashboard", environment) else {
            failed()
            return nil
        }
        Browser.open(page.address, environment, failed: failed)
        return page
    }
}
