import TradeStationSessions

enum TwoBotsOnOneLogin {
    static func share(_ manager: SessionManager) async throws -> Bool {
        // shown
        let live = try await manager.session(named: "swing")
        let paper = try await manager.session(named: "paper")
        async let first = live.accessToken()
        async let second = paper.accessToken()
        let isOneToken = try await first == second
        // end
        return isOneToken
    }
}
