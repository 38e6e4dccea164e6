import Synchronization
import TradeStationSessions

/// One way to a token, gone over and over.
struct Call: Sendable {
    let name: String
    /// Goes the way that many times.
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

    /// Asks for memory once each time: what the counter has to see.
    static let oneObject = Call(name: "one object") { times in
        // Where others can find it, so that it cannot live on the stack.
        let shelf = Mutex<Box?>(nil)
        for _ in 0..<times { shelf.withLock { $0 = Box() } }
    }

    private final class Box: Sendable {}
}
