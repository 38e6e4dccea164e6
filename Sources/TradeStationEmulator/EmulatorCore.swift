import Foundation
import Synchronization

/// The emulator's state with its lock, clock and source of randomness.
final class EmulatorCore: Sendable {
    private let state: Mutex<EmulatorState>
    private let keeper = Mutex<StateKeeper?>(nil)
    private let baseClock: @Sendable () -> Date
    private let randomBytes: @Sendable (Int) -> [UInt8]

    init(_ configuration: EmulatorConfiguration, clientSecret: String) {
        state = Mutex(EmulatorState(server: AuthorizationServer(configuration, clientSecret: clientSecret)))
        baseClock = configuration.now
        randomBytes = configuration.randomBytes
    }

    /// Keeps the state in a file from now on.
    func keepState(in keeper: StateKeeper?) {
        self.keeper.withLock { $0 = keeper }
    }

    /// Saves the state if it is kept in a file. This happens before an answer is sent, so that a restarted emulator
    /// knows every token that a client has.
    func saveState() async throws {
        guard let keeper = keeper.withLock({ $0 }) else { return }
        try await keeper.save { self.withState { $0 } }
    }

    /// Reads or changes the state.
    func withState<Result: Sendable>(_ body: (inout EmulatorState) -> Result) -> Result {
        state.withLock { body(&$0) }
    }

    /// Reads or changes the state, with the emulator's current time.
    func withState<Result: Sendable>(_ body: (inout EmulatorState, Date) -> Result) -> Result {
        withState { body(&$0, baseClock().addingTimeInterval($0.clockOffset)) }
    }

    /// Counts and logs a request and selects its fault.
    func admit(_ request: IncomingRequest) -> EmulatorState.Admission {
        withState { state, now in
            defer { state.observers.notify() }
            return state.admit(request, at: now)
        }
    }

    /// Performs a request and returns its answer.
    func handle(_ request: IncomingRequest, _ admission: EmulatorState.Admission) -> Answer {
        withState { state, now in
            defer { state.observers.notify() }
            return state.handle(request, admission, context: DecisionContext(now: now, randomBytes: randomBytes))
        }
    }

    /// Logs the answer that was sent.
    func recordAnswer(_ answer: Answer?, to admission: EmulatorState.Admission) {
        withState { state in
            state.recordAnswer(answer, to: admission)
            state.observers.notify()
        }
    }

    /// Moves the clock forward, and lets the streams send the objects and heartbeats that are due by the new time.
    ///
    /// - Returns: The seconds by which the clock is ahead of ``EmulatorConfiguration/now``.
    @discardableResult
    func advance(bySeconds seconds: Double) -> Double {
        let ahead = withState { state in
            state.clockOffset += seconds
            return state.clockOffset
        }
        passTime()
        return ahead
    }

    /// Expires every access token, and ends the streams that use them if the settings require it.
    func expireAccessTokens() {
        withState { $0.server.expireAccessTokens() }
        passTime()
    }

    /// Lets the streams send the objects and heartbeats that are due.
    func passTime() {
        withState { state, now in state.passTime(to: now) }
    }

    /// Waits until the counts meet a condition.
    ///
    /// - Throws: `CancellationError` if the caller is cancelled first.
    func wait(until wanted: @Sendable (EmulatorCounts) -> Bool) async throws {
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = withState { $0.observers.add(continuation) }
        defer { withState { $0.observers.remove(id) } }
        continuation.yield()
        for await _ in changes where wanted(withState { $0.counts }) { return }
        throw CancellationError()
    }
}
