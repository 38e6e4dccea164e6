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

    /// Counts, logs and looks for a fault.
    func admit(_ request: IncomingRequest) -> EmulatorState.Admission {
        withState { state in
            state.admit(request, at: baseClock().addingTimeInterval(state.clockOffset))
        }
    }

    /// Carries a request out.
    func decide(_ request: IncomingRequest, _ admission: EmulatorState.Admission) -> Answer {
        withState { state in
            let moment = Moment(now: baseClock().addingTimeInterval(state.clockOffset), randomBytes: randomBytes)
            return state.decide(request, admission, moment: moment)
        }
    }

    /// Notes what was sent.
    func conclude(_ admission: EmulatorState.Admission, sent answer: Answer?) {
        withState { $0.conclude(admission, sent: answer) }
    }
}
