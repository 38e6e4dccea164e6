import Testing
import TradeStationModel

@testable import TradeStationSessions

/// The network settings of a manager. They apply to the sign-in server, to the API and to streams.
@Suite(.stage()) struct NetworkSettingsTests {
    private let stage = SessionStage.current

    @Test func `refreshes, requests and streams use the proxy of the configuration`() async throws {
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
            let refused = await error { _ = try await session.get("/v3/brokerage/accounts") }
            let stream = await error {
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

    private func error(of body: () async throws -> Void) async -> AccountsError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? AccountsError
        }
    }
}
