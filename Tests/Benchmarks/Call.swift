import Synchronization
import TradeStationSessions

/// A way to get a token, called repeatedly.
struct Call: Sendable {
    let name: String
    /// Calls it a number of times.
    let run: @Sendable (_ times: Int) async throws -> Void

    static func bareMutex(token: String) -> Call {
        let bare = BareMutex(token: token)
        return Call(name: "Mutex and clock alone") { times in
            for _ in 0..<times {
                guard bare.token() != nil else { throw BenchmarkFailure.noToken }
            }
        }
    }

    static func currentAccessToken(_ session: Session, _ place: String) -> Call {
        Call(name: "currentAccessToken(), \(place)") { times in
            for _ in 0..<times {
                guard session.currentAccessToken() != nil else { throw BenchmarkFailure.noToken }
            }
        }
    }

    static func accessToken(_ session: Session, _ place: String) -> Call {
        Call(name: "accessToken(), \(place)") { times in
            var generations = 0
            for _ in 0..<times { generations += try await session.accessToken().generation }
            guard generations >= times else { throw BenchmarkFailure.noToken }
        }
    }

    /// Allocates one object per call, to verify the allocation counter.
    static let oneObject = Call(name: "one object") { times in
        // The object is stored in shared memory, so that the compiler cannot place it on the stack.
        let shared = Mutex<Box?>(nil)
        for _ in 0..<times { shared.withLock { $0 = Box() } }
    }

    private final class Box: Sendable {}
}
