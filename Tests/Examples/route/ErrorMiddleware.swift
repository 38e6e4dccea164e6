import Hummingbird
import TradeStationSessions

/// Turns errors of the sign-in and of TradeStation into HTTP errors. Neither kind of error contains a secret.
struct ErrorMiddleware<Context: RequestContext>: RouterMiddleware {
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
