import Hummingbird
import TradeStationSessions

/// A web service that uses a profile: `route PROFILE PORT`, then `GET /accounts` and `GET /quotes/SYMBOL`.
@main struct Route {
    struct Account: ResponseEncodable {
        let id: String
        let type: String?
    }

    struct Quote: ResponseCodable {
        let Symbol, Last: String
    }

    struct Quotes: Decodable {
        let Quotes: [Quote]
    }

    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 3, let port = Int(words[2]) else { fatalError("route PROFILE PORT") }
        try await withSessionManager { manager in
            let session = try await manager.session(named: words[1])
            let application = Application(
                router: router(session),
                configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
                // The manager keeps the token fresh. On SIGTERM the server stops first, then the manager.
                services: [manager]
            )
            try await application.runService()
        }
    }

    static func router(_ session: Session) -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ErrorMiddleware())
        router.get("accounts") { _, _ in
            try await session.accounts().map { Account(id: $0.id, type: $0.type) }
        }
        router.get("quotes/:symbol") { _, context in
            let symbol = try context.parameters.require("symbol")
            let answer = try await session.get("/v3/marketdata/quotes/\(symbol)", as: Quotes.self)
            guard let quote = answer.value.Quotes.first else { throw HTTPError(.notFound) }
            return quote
        }
        return router
    }
}
