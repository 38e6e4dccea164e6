import TradeStationModel
import TradeStationOAuth

/// Decides what happens after a stream ends or cannot be opened. Performs no I/O and uses no clock.
///
/// Until the stream has been open once, most failures are reported to the caller. Later, temporary failures are retried
/// after pauses that double; TradeStation's page "HTTP Streaming" lets a client wait before it connects again.
///
/// The parameter `jitter` of its methods is a random number from 0 up to 1.
struct StreamMachine: Sendable {
    enum Step: Equatable {
        /// Open the stream again after a pause.
        case reopen(afterMilliseconds: Int64)
        /// The token was refused: open the stream again at once with a newer token.
        case renew
        /// End the stream.
        case stop
    }

    /// How long a connection may be silent before it counts as broken, in milliseconds: the time of six heartbeats.
    static let longestSilence: Int64 = 30_000
    /// How long a connection must last to end a series of failures, in milliseconds.
    ///
    /// A server that accepts streams and drops them at once is no better than one that accepts none.
    private static let healthyAfter: Int64 = 30_000
    /// How long a stream that was never open waits in total after answers with status 429, in milliseconds.
    private static let longestWait: Int64 = 60_000

    private var failures = 0
    private var waited: Int64 = 0
    private var openedAt: Int64?
    private var wasOpen = false
    private var hasRenewed = false
    private var hasReconnected = false
    /// Whether the server refused a token on this stream, so that the stream now uses a newer one.
    private var usesReplacementToken = false
    private var interruption: StreamInterruption?

    /// Records that the stream is open.
    ///
    /// - Returns: the interruption that has ended; nil when the stream is opened for the first time.
    mutating func handleOpening(at now: Int64) -> StreamInterruption? {
        defer { interruption = nil }
        openedAt = now
        wasOpen = true
        hasRenewed = false
        return interruption
    }

    /// Decides what follows the interruption of an open stream.
    mutating func handleInterruption(_ reason: StreamInterruption, at now: Int64, jitter: Double) -> Step {
        if let openedAt, now - openedAt >= Self.healthyAfter {
            failures = 0
            usesReplacementToken = false
        }
        openedAt = nil
        interruption = reason
        return retry(jitter)
    }

    /// Decides what follows when an open stream reports that its token is no longer accepted.
    ///
    /// As when opening the stream, a newer token is tried once. If the server soon refuses it too, the stream ends.
    ///
    /// - Parameters:
    ///   - isUnexpired: whether the token has not expired yet.
    ///   - canRenew: whether a newer token may help.
    mutating func handleTokenRefusal(isUnexpired: Bool, canRenew: Bool, at now: Int64, jitter: Double) -> Step {
        let step = handleInterruption(.tokenRefused, at: now, jitter: jitter)
        guard isUnexpired else { return step }
        if usesReplacementToken || !canRenew { return .stop }
        usesReplacementToken = true
        return step
    }

    /// Decides what follows when the server answers the request for the stream with a status other than 200.
    ///
    /// - Parameters:
    ///   - pause: how long the answer asks to wait.
    ///   - canRenew: whether a newer token may help.
    mutating func handleRefusal(status: Int, pause: Int64?, canRenew: Bool, jitter: Double) -> Step {
        switch status {
        case 401 where canRenew && !hasRenewed:
            hasRenewed = true
            return .renew
        case 429:
            // An answer that names a pause does not count as a failure.
            let step = pause.map { .reopen(afterMilliseconds: $0) } ?? retry(jitter)
            guard !wasOpen, case .reopen(let milliseconds) = step else { return step }
            waited += milliseconds
            return waited <= Self.longestWait ? step : .stop
        case 408 where wasOpen, 500... where wasOpen:
            return pause.map { .reopen(afterMilliseconds: $0) } ?? retry(jitter)
        default: return .stop
        }
    }

    /// Decides what follows when the request for the stream got no answer.
    mutating func handleFailure(_ reason: TransportFailure.Reason, jitter: Double) -> Step {
        switch reason {
        case .closed, .cancelled, .malformedRequest: return .stop
        case .connectionLost where !wasOpen && !hasReconnected:
            // The client may have used an idle connection that the server had just closed.
            hasReconnected = true
            return retry(jitter)
        default: return wasOpen ? retry(jitter) : .stop
        }
    }

    /// Decides what follows when there was no token to open the stream with.
    mutating func handleMissingToken(_ code: AccountsError.Code, jitter: Double) -> Step {
        wasOpen && code.isTemporary ? retry(jitter) : .stop
    }

    private mutating func retry(_ jitter: Double) -> Step {
        failures += 1
        return .reopen(afterMilliseconds: Self.pause(failures: failures, jitter: jitter))
    }

    /// The pause after a number of failures in a row: 0.5 s, doubling to at most 30 s.
    ///
    /// It is reduced at random by up to a half, so that streams do not reconnect all at once.
    static func pause(failures: Int, jitter: Double) -> Int64 {
        let longest = min(30_000, 500 * Double(1 << min(max(failures, 1) - 1, 10)))
        return Int64(longest * (1 - jitter / 2))
    }
}
