import TradeStationModel
import TradeStationOAuth

/// Decides what follows when a stream ends or cannot be opened. No I/O, no clock.
///
/// Until a stream was open for the first time, what stands in its way is the caller's to know. Once it was, whatever may
/// pass is waited out, with pauses that double; "HTTP Streaming" lets a client wait before it asks again.
struct StreamMachine: Sendable {
    enum Step: Equatable {
        /// Open it again after a pause.
        case reopen(afterMilliseconds: Int64)
        /// The token was refused: open it again at once with a newer one.
        case renew
        /// It is over.
        case stop
    }

    /// Nothing for so long means that the connection is dead: six heartbeats.
    static let longestSilence: Int64 = 30_000
    /// Only what lasted this long ends a series of failures: a server that takes streams and drops them at once is no
    /// better than one that takes none.
    private static let healthyAfter: Int64 = 30_000

    /// So long it waits for its turn before it was ever open.
    private static let longestWait: Int64 = 60_000

    private var failures = 0
    private var waited: Int64 = 0
    private var openedAt: Int64?
    private var wasOpen = false
    private var hasRenewed = false
    private var hasReconnected = false
    /// Whether the stream is open with a token that replaced one which the stream itself had refused.
    private var isTrial = false
    private var interruption: StreamInterruption?

    /// It is open; says what it was interrupted by, if this is not the first time.
    mutating func opened(at now: Int64) -> StreamInterruption? {
        defer { interruption = nil }
        openedAt = now
        wasOpen = true
        hasRenewed = false
        return interruption
    }

    /// An open stream was interrupted.
    mutating func interrupted(by reason: StreamInterruption, at now: Int64, fraction: Double) -> Step {
        if let openedAt, now - openedAt >= Self.healthyAfter {
            failures = 0
            isTrial = false
        }
        openedAt = nil
        interruption = reason
        return retry(fraction)
    }

    /// An open stream said that its token is not accepted any more. A newer one is tried once, as when opening; a server
    /// that refuses that one too before long is not asked for a third.
    ///
    /// - Parameters:
    ///   - lives: whether the token's time is not over yet.
    ///   - canRenew: whether a newer token may help.
    mutating func tokenRefused(lives: Bool, canRenew: Bool, at now: Int64, fraction: Double) -> Step {
        let step = interrupted(by: .tokenRefused, at: now, fraction: fraction)
        guard lives else { return step }
        if isTrial || !canRenew { return .stop }
        isTrial = true
        return step
    }

    /// Opening it was answered with a status other than 200.
    ///
    /// - Parameters:
    ///   - pause: how long the answer asks to stay away.
    ///   - canRenew: whether a newer token may help.
    mutating func refused(status: Int, pause: Int64?, canRenew: Bool, fraction: Double) -> Step {
        switch status {
        case 401 where canRenew && !hasRenewed:
            hasRenewed = true
            return .renew
        case 429:
            // It says when to come again, so it is no failure.
            let step = pause.map { .reopen(afterMilliseconds: $0) } ?? retry(fraction)
            guard !wasOpen, case .reopen(let milliseconds) = step else { return step }
            waited += milliseconds
            return waited <= Self.longestWait ? step : .stop
        case 408 where wasOpen, 500... where wasOpen:
            return pause.map { .reopen(afterMilliseconds: $0) } ?? retry(fraction)
        default: return .stop
        }
    }

    /// Opening it was not answered.
    mutating func unanswered(_ reason: TransportFailure.Reason, fraction: Double) -> Step {
        switch reason {
        case .closed, .cancelled, .malformedRequest: return .stop
        case .connectionLost where !wasOpen && !hasReconnected:
            // It may have been an old connection that the server had just closed.
            hasReconnected = true
            return retry(fraction)
        default: return wasOpen ? retry(fraction) : .stop
        }
    }

    /// There was no token to open it with.
    mutating func withheld(_ code: AccountsError.Code, fraction: Double) -> Step {
        let passing: Set<AccountsError.Code> = [
            .serverUnreachable, .serverError, .rateLimited, .backingOff, .lockTimeout, .storeBusy,
        ]
        return wasOpen && passing.contains(code) ? retry(fraction) : .stop
    }

    private mutating func retry(_ fraction: Double) -> Step {
        failures += 1
        return .reopen(afterMilliseconds: Self.pause(failures: failures, fraction: fraction))
    }

    /// From 0.5 s doubling to 30 s, less up to half of it at random so that streams do not come back together.
    static func pause(failures: Int, fraction: Double) -> Int64 {
        let longest = min(30_000, 500 * Double(1 << min(max(failures, 1) - 1, 10)))
        return Int64(longest * (1 - fraction / 2))
    }
}
