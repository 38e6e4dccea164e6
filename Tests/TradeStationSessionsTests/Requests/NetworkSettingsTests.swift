import Testing
import TradeStationModel

@testable import TradeStationSessions

/// The network settings of a manager.
@Suite(.stage()) struct NetworkSettingsTests {
    private let stage = SessionStage.current

    @Test func `requests and streams use the proxy of the configuration, except to this machine`() async throws {
        let name = try ProfileName("away")
        let away = "https://api.corp.test"
        _ = try await stage.manager.registry.add(
            ProfileRequest(
                name: name,
                environment: .live,
                apiURL: EndpointURL(away),
                source: .sameLogin(as: ProfileName("paper"))
            ),
            interaction: nil
        )
        // Nothing listens on this port.
        let proxy = NetworkSettings(proxy: Secret("http://ann:pr0xy-p4ss@127.0.0.1:1"))
        try await stage.withManager(configure: { $0.network = proxy }) { manager in
            let session = try await manager.session(named: "away")
            let refused = await #expect(throws: AccountsError.self) { try await session.get("/v3/brokerage/accounts") }
            let stream = await #expect(throws: AccountsError.self) {
                for try await _ in session.stream("/v3/marketdata/stream/quotes/MSFT", of: [String: String].self) {}
            }
            for error in [refused, stream] {
                #expect(error?.code == .serverUnreachable)
                #expect(error?.reason == "No connection to the proxy 127.0.0.1:1 could be established.")
                #expect(error.map { "\($0)".contains("p4ss") } == false)
            }
            // The emulator runs on this machine, where no proxy is used.
            #expect(try await manager.refresh(stage.paper()).outcome == .refreshed)
        }
    }
}
