import NIOHTTP1
import TradeStationModel

/// An error as the agent reports it: a status, and JSON with the code, what happened, what to do, and the profile.
struct AgentError {
    let status: HTTPResponseStatus
    let json: String

    init(_ error: AccountsError, _ texts: AgentTexts) {
        status = Self.status(of: error.code)
        let message = [error.message, error.reason].compactMap { $0 }.joined(separator: " ")
        json =
            JSONText.object([
                ("code", .string(error.code.rawValue)), ("message", .string(message)),
                ("try", .optional(error.suggestion.map(texts.suggestion))), ("profile", .optional(error.profile)),
            ]).line
    }

    private static func status(of code: AccountsError.Code) -> HTTPResponseStatus {
        switch code {
        case .usage, .badName: .badRequest
        case .profileNotFound: .notFound
        case .loginRequired, .loginDenied, .loginTimedOut, .wrongUser, .clientRejected, .storeRolledBack: .conflict
        case .minValidityTooLong: .unprocessableEntity
        case .fenced: .forbidden
        case .serverUnreachable, .serverError, .refusedRepeatedly, .outcomeUnknown, .rateLimited, .backingOff,
            .lockTimeout, .storeBusy, .storeFull, .storeReadonly, .saveDeferred, .closed:
            .serviceUnavailable
        default: .internalServerError
        }
    }
}
