import TradeStationSessions

enum Streaming {
    // shown
    struct Quote: Decodable, Sendable {
        let Symbol: String
        let Last: String?
    }
    // end

    static func quotes(_ session: Session, _ print: (String, String) -> Void) async throws {
        // shown
        for try await event in session.stream("/v3/marketdata/stream/quotes/MSFT,AAPL", of: Quote.self) {
            switch event {
            case .element(let quote): print(quote.Symbol, quote.Last ?? "-")
            case .endOfSnapshot: break
            case .reopened(let why): print("reopened after", why.rawValue)
            }
        }
        // end
    }

    // shown
    struct Position: Decodable, Sendable {
        let PositionID: String
        let Symbol: String?
        let Quantity: String?
        let Deleted: Bool?
    }
    // end

    static func positions(
        _ session: Session,
        account: String,
        _ report: ([String: Position]) -> Void
    ) async throws {
        func act(on positions: [String: Position]) { report(positions) }
        // shown
        var positions: [String: Position] = [:]
        var isWhole = false
        for try await event in session.stream("/v3/brokerage/stream/accounts/\(account)/positions", of: Position.self) {
            switch event {
            case .element(let position):
                positions[position.PositionID] = position.Deleted == true ? nil : position
            case .endOfSnapshot:
                isWhole = true
            case .reopened:
                positions = [:]
                isWhole = false
            }
            if isWhole { act(on: positions) }
        }
        // end
    }

    static func untilDualLogon(
        _ session: Session,
        path: String,
        handle: (StreamEvent<Quote>) -> Void,
        print: (String) -> Void
    ) async throws {
        // shown
        do {
            for try await event in session.stream(path, of: Quote.self) { handle(event) }
        } catch let error as StreamError where error.isDualLogon {
            print("Another program streams as this user.")
        }
        // end
    }

    static func scoped(_ session: Session, path: String, handle: (StreamEvent<Quote>) -> Void) async throws {
        // shown
        try await session.withStream(path, of: Quote.self) { quotes in
            for try await event in quotes { handle(event) }
        }
        // end
    }
}
