#if KILL_POINTS
    import Foundation
    import Synchronization
#endif

/// The named points of a refresh at which the test programs in `Tests/Rig` kill, stop or interrupt a process, to verify
/// that nothing is lost. An environment variable names the point and the action: `TSACCOUNTS_KILL_POINT=after_t1=kill`.
///
/// Only debug builds know the variable. In a release build, reaching a point has no effect.
package enum KillPoint: String, CaseIterable, Sendable {
    /// A refresh is due; the login's lock is not taken yet.
    case beforeLock = "before_lock"
    /// The login's lock was just taken.
    case afterLock = "after_lock"
    /// T1, the transaction that records the attempt, is complete except for its commit.
    case inT1 = "in_t1"
    /// The attempt is recorded.
    case afterT1 = "after_t1"
    /// The request is about to be sent.
    case beforeConnect = "before_connect"
    /// The answer was read and classified.
    case replyParsed = "reply_parsed"
    /// The answer is in the side file, beside the database.
    case sideFileWritten = "side_file_written"
    /// T2, the transaction that saves the answer, is complete except for its commit.
    case inT2 = "in_t2"
    /// The answer is saved.
    case afterT2 = "after_t2"
    /// The login's lock was released.
    case afterUnlock = "after_unlock"

    #if KILL_POINTS
        private enum Action: String {
            case kill, stop, term, int, abort

            var signal: Int32 {
                switch self {
                case .kill: SIGKILL
                case .stop: SIGSTOP
                case .term: SIGTERM
                case .int: SIGINT
                case .abort: SIGABRT
                }
            }
        }

        private static let variable = "TSACCOUNTS_KILL_POINT"
        private static let armed: (point: KillPoint, action: Action)? = {
            let words = ProcessInfo.processInfo.environment[variable]?.split(separator: "=") ?? []
            guard words.count == 2, let point = KillPoint(rawValue: String(words[0])),
                let action = Action(rawValue: String(words[1]))
            else { return nil }
            return (point, action)
        }()
        private static let wasReached = Atomic(false)

        /// Performs the action that the environment variable names for this point, the first time the process reaches
        /// it.
        package func reach() {
            guard let armed = Self.armed, armed.point == self, !Self.wasReached.exchange(true, ordering: .relaxed)
            else { return }
            kill(getpid(), armed.action.signal)
            // A signal may be handled on another thread; this thread waits for that.
            usleep(100_000)
        }
    #else
        /// Does nothing in a release build.
        @inlinable
        @inline(__always)
        package func reach() {}
    #endif
}
