import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The processes of one round. They start together, spread evenly over the logins. A killed process is replaced.
///
/// One thread starts, kills and waits for them. So no process is killed after it has been waited for: the system might
/// have given its process ID to another process by then.
struct SelftestRound: Sendable {
    private struct RunningChild {
        let profile: String
        var process: ChildProcess
    }

    private let number: Int
    private let plan: SelftestPlan
    private let executable: String
    private let store: String
    private let random: RandomSource
    private let clock = SystemClock()
    private var running: [RunningChild] = []
    private var notStarted: Range<Int>
    private var killsLeft: Int
    private var records: [ChildRecord] = []

    init(number: Int, plan: SelftestPlan, executable: String, store: String, random: RandomSource) {
        self.number = number
        self.plan = plan
        self.executable = executable
        self.store = store
        self.random = random
        notStarted = 0..<plan.processes
        killsLeft = plan.mostKills
    }

    /// Runs the round until the planned number of processes have ended without being killed. Blocks.
    ///
    /// - Throws: ``AccountsError`` `cannot_create`; `CancellationError`. No process is running after either error.
    mutating func run(isCancelled: () -> Bool) throws -> [ChildRecord] {
        defer { clear() }
        var nextKill = clock.bootMilliseconds() + SelftestPlan.killEveryMilliseconds
        while !running.isEmpty || !notStarted.isEmpty {
            if isCancelled() { throw CancellationError() }
            if hasRoom, let next = notStarted.popFirst() { try start(plan.names[next % plan.logins]) }
            try collectEnded(waitingMilliseconds: hasRoom ? 0 : max(0, nextKill - clock.bootMilliseconds()))
            if clock.bootMilliseconds() >= nextKill {
                nextKill = clock.bootMilliseconds() + SelftestPlan.killEveryMilliseconds
                killOne()
            }
        }
        return records
    }

    /// True if another process can be started now.
    private var hasRoom: Bool { !notStarted.isEmpty && running.count < SelftestPlan.mostAtOnce }

    private mutating func start(_ profile: String) throws {
        let launch = ProcessLaunch(
            executable: executable,
            arguments: [
                "token", profile, "--json", "-q", "--no-input", "--timeout", String(plan.timeoutSeconds), "--store",
                store,
            ]
        )
        running.append(RunningChild(profile: profile, process: try ChildProcess(launch)))
    }

    private mutating func killOne() {
        guard killsLeft > 0, !running.isEmpty else { return }
        killsLeft -= 1
        running[Int(random.fraction() * Double(running.count))].process.kill()
    }

    /// Waits until processes print or end. A killed process is replaced at once.
    private mutating func collectEnded(waitingMilliseconds: Int64) throws {
        var watched = running.map { pollfd(fd: $0.process.descriptor, events: Int16(POLLIN), revents: 0) }
        guard poll(&watched, nfds_t(watched.count), Int32(waitingMilliseconds)) > 0 else { return }
        for index in watched.indices.reversed() where watched[index].revents != 0 {
            if running[index].process.readOutput() { continue }
            let child = running.remove(at: index)
            let end = child.process.collect()
            let outcome = ChildOutcome(end)
            records.append(
                ChildRecord(round: number, profile: child.profile, processID: end.processID, outcome: outcome)
            )
            if plan.kills, outcome == .killed { try start(child.profile) }
        }
    }

    private mutating func clear() {
        for child in running { child.process.kill() }
        for child in running { _ = child.process.collect() }
        running = []
    }
}
