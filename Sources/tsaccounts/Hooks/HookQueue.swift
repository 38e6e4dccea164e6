import TradeStationSessions

/// Decides which hooks run: one at a time for each login, in the order of their events, and a few at a time for all
/// logins together. Starts nothing itself.
struct HookQueue {
    /// How many commands run at the same time.
    static let maximumRunning = 4
    /// How many commands wait at most, for one login and for all.
    static let maximumWaitingOfLogin = 16
    static let maximumWaiting = 256

    private var waiting: [HookCall] = []
    private var running: Set<Login.ID> = []

    /// The number of commands that wait.
    var waitingCount: Int { waiting.count }

    /// Adds a command.
    ///
    /// - Returns: False if too many wait already. The command is dropped then.
    mutating func add(_ call: HookCall) -> Bool {
        guard waiting.count < Self.maximumWaiting,
            waiting.count(where: { $0.login == call.login }) < Self.maximumWaitingOfLogin
        else { return false }
        waiting.append(call)
        return true
    }

    /// Takes the next command that may run now; nil if there is none.
    mutating func next() -> HookCall? {
        guard running.count < Self.maximumRunning,
            let index = waiting.firstIndex(where: { !running.contains($0.login) })
        else { return nil }
        let call = waiting.remove(at: index)
        running.insert(call.login)
        return call
    }

    /// Records that the command of a login has ended.
    mutating func finish(_ login: Login.ID) {
        running.remove(login)
    }
}
