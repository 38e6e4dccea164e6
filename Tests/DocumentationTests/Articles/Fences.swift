import TradeStationSessions

enum Fences {
    static func close(_ manager: SessionManager) async throws {
        // shown
        try await manager.registry.change(ProfileName("swing"), FenceChange(isReadOnly: true))
        // end
    }

    static func cancel(_ orderID: String, _ session: Session, _ print: (AccountsError) -> Void) async throws {
        // shown
        do {
            _ = try await session.delete("/v3/orderexecution/orders/\(orderID)")
        } catch let error as AccountsError where error.code == .fenced {
            print(error)
        }
        // end
    }

    static func rehearse(_ manager: SessionManager) async throws -> Session {
        // shown
        let rehearsal = try await manager.session(named: "swing", environment: .sim)
        // end
        return rehearsal
    }
}
