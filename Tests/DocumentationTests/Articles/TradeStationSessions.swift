import TradeStationSessions

enum LandingPage {
    static func positions(of account: String) async throws -> APIResponse {
        // shown
        let manager = try await SessionManager()
        let session = try await manager.session(named: "paper")
        let positions = try await session.get("/v3/brokerage/accounts/\(account)/positions")
        await manager.close()
        // end
        return positions
    }
}
