import Foundation
import Logging
import ServiceLifecycle
import TradeStationSessions
import UnixSignals

enum RunningAsAService {
    typealias Quote = Streaming.Quote

    // shown
    struct Bot: Service {
        let session: Session

        func run() async throws {
            let quotes = session.stream("/v3/marketdata/stream/quotes/MSFT", of: Quote.self)
            for try await event in quotes.cancelOnGracefulShutdown() {
                await decide(on: event)
            }
        }
    }
    // end

    static func run() async throws {
        // shown
        try await withSessionManager { manager in
            let bot = Bot(session: try await manager.session(named: "paper"))
            let group = ServiceGroup(
                services: [manager, bot],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "bot")
            )
            try await group.run()
        }
        // end
    }
}

extension RunningAsAService.Bot {
    /// Sends SIGTERM to its own process after the first event.
    private func decide(on event: StreamEvent<Streaming.Quote>) async {
        kill(getpid(), SIGTERM)
    }
}
