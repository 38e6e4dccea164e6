import TradeStationOAuth

/// Decides what happens after a reply to a request, or after a failure without one. Performs no I/O and uses no clock.
struct SendingMachine: Sendable {
    /// Whether the request may be sent again when its outcome is unknown.
    let isRepeatable: Bool
    /// Whether the request may be sent again after a 429.
    let isRepeatedAfterRateLimit: Bool
    private var hasRenewed = false
    private var hasReconnected = false

    init(_ call: APICall) {
        isRepeatable = call.isRepeatable
        isRepeatedAfterRateLimit = call.isRepeatedAfterRateLimit
    }

    enum Step: Equatable {
        /// Return the reply to the caller.
        case deliver
        /// The API refused the token and has done nothing: send the request again with a newer token.
        case renew
        /// Send the request again after a pause.
        case wait(milliseconds: Int64)
    }

    /// Decides what follows a reply.
    ///
    /// - Parameters:
    ///   - pause: how long the reply asks to wait.
    ///   - remaining: how long the caller still waits.
    ///   - canRenew: whether a newer token may help.
    mutating func handleReply(status: Int, pause: Int64?, remaining: Int64, canRenew: Bool) -> Step {
        switch status {
        case 401 where !hasRenewed && canRenew:
            hasRenewed = true
            return .renew
        case 429 where isRepeatedAfterRateLimit:
            guard let pause, pause < remaining else { return .deliver }
            return .wait(milliseconds: pause)
        default: return .deliver
        }
    }

    /// Decides whether a request without a reply is sent again.
    ///
    /// A request is sent again only if it is repeatable and its connection broke, and only once.
    mutating func handleFailure(_ failure: TransportFailure) -> Bool {
        guard isRepeatable, !hasReconnected, failure.reason == .connectionLost, failure.partial == nil else {
            return false
        }
        hasReconnected = true
        return true
    }
}
