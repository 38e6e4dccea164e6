import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The processes of one round, started together and spread evenly over the logins. Whoever is killed is replaced.
///
/// One thread starts, kills and collects them: nobody kills a process that has been collected, whose number may be
/// somebody else's by then.
struct SelftestRound: Sendable {
    private struct Seat {
        let profile: String
        var process: ChildProcess
    }

    private let number: Int
    private let plan: SelftestPlan
    private let executable: String
    private let store: String
    private let random: RandomSource
    private let clock = SystemClock()
    private var seats: [Seat] = []
    private var waiting: Range<Int>
    private var killsLeft: Int
    private var records: [ChildRecord] = []

    init(number: Int, plan: SelftestPlan, executable: String, store: String, random: RandomSource) {
        self.number = number
        self.plan = plan
        self.executable = executable
        self.store = store
        self.random = random
        waiting = 0..<plan.processes
        killsLeft = plan.mostKills
    }

    /// Plays it until as many processes as planned have ended by themselves. Blocks.
    ///
    /// - Throws: ``AccountsError`` `cannot_create`; `CancellationError`. No process is left then.
    mutating func play(isCancelled: () -> Bool) throws -> [ChildRecord] {
        defer { clear() }
        var nextKill = clock.bootMilliseconds() + SelftestPlan.killEveryMilliseconds
        while !seats.isEmpty || !waiting.isEmpty {
            if isCancelled() { throw CancellationError() }
            if hasRoom, let next = waiting.popFirst() { try seat(plan.names[next % plan.logins]) }
            try collectEnded(waitingMilliseconds: hasRoom ? 0 : max(0, nextKill - clock.bootMilliseconds()))
            if clock.bootMilliseconds() >= nextKill {
                nextKill = clock.bootMilliseconds() + SelftestPlan.killEveryMilliseconds
                killOne()
            }
        }
        return records
    }

    /// Whether another process can be started right now.
    private var hasRoom: Bool { !waiting.isEmpty && seats.count < SelftestPlan.mostAtOnce }

    private mutating func seat(_ profile: String) throws {
        let launch = ProcessLaunch(
            executable: executable,
            arguments: [
                "token", profile, "--json", "-q", "--no-input", "--timeout", String(plan.timeoutSeconds), "--store",
                store,
            ]
        )
        seats.append(Seat(profile: profile, process: try ChildProcess(launch)))
    }

    private mutating func killOne() {
        guard killsLeft > 0, !seats.isEmpty else { return }
        killsLeft -= 1
        seats[Int(random.fraction() * Double(seats.count))].process.kill()
    }

    /// Waits until processes print or end; those that were killed are replaced at once.
    private mutating func collectEnded(waitingMilliseconds: Int64) throws {
        var watched = seats.map { pollfd(fd: $0.process.descriptor, events: Int16(POLLIN), revents: 0) }
        guard poll(&watched, nfds_t(watched.count), Int32(waitingMilliseconds)) > 0 else { return }
        for index in watched.indices.reversed() where watched[index].revents != 0 {
            if seats[index].process.readOutput() { continue }
            let seat = seats.remove(at: index)
            let end = seat.process.collect()
            let outcome = ChildOutcome(end)
            records.append(
                ChildRecord(round: number, profile: seat.profile, processID: end.processID, outcome: outcome)
            )
            if plan.kills, outcome == .killed { try self.seat(seat.profile) }
        }
    }

    private mutating func clear() {
        for seat in seats { seat.process.kill() }
        for seat in seats { _ = seat.process.collect() }
        seats = []
    }
}
