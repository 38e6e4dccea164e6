import Hummingbird
import TradeStationSessions

/// Says what is wrong with the sign-in or at TradeStation. Neither error ever holds a secret.
struct TroubleMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as AccountsError {
            context.logger.error("\(error)")
            throw HTTPError(.serviceUnavailable, message: error.message)
        } catch let error as APIError {
            throw HTTPError(.badGateway, message: error.description)
        }
    }
}
