import TradeStationModel

/// What ``SessionManager/run()`` keeps in mind as long as it runs: whose turn is when, one timer for all of them, and
/// who is in trouble.
struct FreshnessKeeper {
    private(set) var rota = FreshnessRota()
    private let bell: AsyncStream<Void>.Continuation
    private var alarm: (at: Int64, task: Task<Void, Never>)?
    private var troubles: [Login.ID: AccountsError.Code] = [:]

    /// - Parameter bell: rung whenever the rota is to be looked at.
    init(bell: AsyncStream<Void>.Continuation) {
        self.bell = bell
    }

    /// Puts a login in, or moves it; the sleeping timer is woken when this is earlier.
    mutating func plan(_ login: Login.ID, at time: Int64) {
        rota.plan(login, at: time)
        if time < alarm?.at ?? .max { bell.yield() }
    }

    /// Takes those in hand whose turn it is, and lets the timer sleep until the next turn.
    mutating func takeDue(_ clock: any TimeSource) -> [Login.ID] {
        let due = rota.takeDue(at: clock.bootMilliseconds())
        setAlarm(rota.nextTurn, clock)
        return due
    }

    /// Gives back a login that was in hand; without a next turn it is forgotten.
    mutating func finish(_ login: Login.ID, next time: Int64?) {
        rota.finish(login, next: time)
        if time == nil { troubles[login] = nil }
        bell.yield()
    }

    /// Notes how a login does; whether that is news.
    mutating func note(_ failure: AccountsError.Code?, of login: Login.ID) -> Bool {
        guard troubles[login] != failure else { return false }
        troubles[login] = failure
        return true
    }

    /// Lets no more turns begin.
    func close() {
        alarm?.task.cancel()
        bell.finish()
    }

    private mutating func setAlarm(_ time: Int64?, _ clock: any TimeSource) {
        guard time != alarm?.at else { return }
        alarm?.task.cancel()
        alarm = time.map { time in
            let task = Task { [bell] in
                repeat {
                    // In naps: no timer has to be trusted to count hours of suspend.
                    let nap = min(time - clock.bootMilliseconds(), Self.longestNap)
                    guard (try? await clock.sleep(milliseconds: nap)) != nil else { return }
                } while clock.bootMilliseconds() < time
                bell.yield()
            }
            return (time, task)
        }
    }

    /// In milliseconds.
    private static let longestNap: Int64 = 60_000
}
