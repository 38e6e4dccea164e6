import Foundation
import Synchronization

/// The emulator's state behind its lock, with the clock and the randomness that decisions are given.
final class EmulatorCore: Sendable {
    private let state: Mutex<EmulatorState>
    private let baseClock: @Sendable () -> Date
    private let randomBytes: @Sendable (Int) -> [UInt8]

    init(_ configuration: EmulatorConfiguration, clientSecret: String) {
        state = Mutex(EmulatorState(server: AuthorizationServer(configuration, clientSecret: clientSecret)))
        baseClock = configuration.now
        randomBytes = configuration.randomBytes
    }

    /// Reads or changes the state.
    func withState<Result: Sendable>(_ body: (inout EmulatorState) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    /// Reads or changes the state, given the emulator's time.
    func withState<Result: Sendable>(_ body: (inout EmulatorState, Date) -> Result) -> Result {
        withState { body(&$0, baseClock().addingTimeInterval($0.clockOffset)) }
    }

    /// Counts, logs and looks for a fault.
    func admit(_ request: IncomingRequest) -> EmulatorState.Admission {
        withState { state, now in
            defer { state.watchers.ring() }
            return state.admit(request, at: now)
        }
    }

    /// Carries a request out.
    func decide(_ request: IncomingRequest, _ admission: EmulatorState.Admission) -> Answer {
        withState { state, now in
            defer { state.watchers.ring() }
            return state.decide(request, admission, moment: Moment(now: now, randomBytes: randomBytes))
        }
    }

    /// Notes what was sent.
    func conclude(_ admission: EmulatorState.Admission, sent answer: Answer?) {
        withState { state in
            state.conclude(admission, sent: answer)
            state.watchers.ring()
        }
    }

    /// Moves the clock forward and lets the streams do what is due; returns how far it is ahead.
    @discardableResult
    func advance(bySeconds seconds: Double) -> Double {
        let ahead = withState { state in
            state.clockOffset += seconds
            return state.clockOffset
        }
        passTime()
        return ahead
    }

    /// Ends every access token at once, and the streams on them if they are set to end with it.
    func expireAccessTokens() {
        withState { $0.server.expireAccessTokens() }
        passTime()
    }

    /// Lets the streams do what is due.
    func passTime() {
        withState { state, now in state.passTime(to: now) }
    }

    /// Returns once the counts are as wanted.
    ///
    /// - Throws: `CancellationError` when the caller is cancelled first.
    func wait(until wanted: @Sendable (EmulatorCounts) -> Bool) async throws {
        let (changes, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = withState { $0.watchers.add(bell) }
        defer { withState { $0.watchers.remove(id) } }
        bell.yield()
        for await _ in changes where wanted(withState { $0.counts }) { return }
        throw CancellationError()
    }
}
