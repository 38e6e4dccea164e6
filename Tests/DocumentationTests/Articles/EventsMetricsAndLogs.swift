import CoreMetrics
import TradeStationSessions

enum EventsMetricsAndLogs {
    static func begin(_ manager: SessionManager) async throws -> (SessionEvents, Session) {
        // shown
        let events = manager.events
        let session = try await manager.session(named: "paper")
        // end
        return (events, session)
    }

    static func listen(to events: SessionEvents, _ print: (Any...) -> Void) async {
        // shown
        for await event in events {
            switch event.kind {
            case .refreshed, .adopted: break
            case .degraded(let code): print("refreshing fails:", code)
            case .recovered: print("it works again")
            case .needsLogin: print("sign in again:", event.profiles.map(\.text))
            case .signInEndsSoon(let end): print("sign in before", end)
            }
        }
        // end
    }

    static func measured(by factory: any MetricsFactory) async throws -> SessionManager {
        // shown
        var configuration = SessionConfiguration()
        configuration.metrics = factory
        let manager = try await SessionManager(configuration: configuration)
        // end
        return manager
    }

    static func lookBack(
        _ manager: SessionManager,
        since: Timestamp,
        _ print: (String, String, String) -> Void
    ) async throws {
        // shown
        let rows = try await manager.registry.auditRecords(AuditQuery(since: since, limit: 100))
        for row in rows where row.text("event") == AuditEvent.refreshFailed.rawValue {
            print(row.text("at") ?? "-", row.text("requester") ?? "-", row.text("outcome") ?? "-")
        }
        // end
    }
}
