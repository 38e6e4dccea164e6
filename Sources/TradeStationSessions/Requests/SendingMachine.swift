import TradeStationOAuth

/// Decides what follows an answer, or the lack of one. No I/O, no clock.
struct SendingMachine: Sendable {
    /// Whether the request may be sent again although nobody knows what became of it.
    let isRepeatable: Bool
    /// Whether it may be sent again after a 429.
    let waitsItsTurn: Bool
    private var hasRenewed = false
    private var hasReconnected = false

    init(isRepeatable: Bool, waitsItsTurn: Bool) {
        self.isRepeatable = isRepeatable
        self.waitsItsTurn = waitsItsTurn
    }

    enum Step: Equatable {
        /// The answer is for the caller.
        case deliver
        /// The token was refused before anything was accepted: send it again with a newer one.
        case renew
        /// Send it again after a pause.
        case wait(milliseconds: Int64)
    }

    /// Decides on an answer.
    ///
    /// - Parameters:
    ///   - pause: how long the answer asks to stay away.
    ///   - remaining: how long the caller still waits.
    ///   - canRenew: whether a newer token may help.
    mutating func step(status: Int, pause: Int64?, remaining: Int64, canRenew: Bool) -> Step {
        switch status {
        case 401 where !hasRenewed && canRenew:
            hasRenewed = true
            return .renew
        case 429 where waitsItsTurn:
            guard let pause, pause < remaining else { return .deliver }
            return .wait(milliseconds: pause)
        default: return .deliver
        }
    }

    /// Whether a request that got no answer is sent again: once, if it may be, when the connection died under it.
    mutating func resends(after failure: TransportFailure) -> Bool {
        guard isRepeatable, !hasReconnected, failure.reason == .connectionLost, failure.partial == nil else {
            return false
        }
        hasReconnected = true
        return true
    }
}
