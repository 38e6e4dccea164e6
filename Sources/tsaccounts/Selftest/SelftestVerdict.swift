/// The verdict of a self-test: the promise holds if no refresh was duplicated or lost.
struct SelftestVerdict: Sendable, Equatable {
    /// The problems, one sentence each, worst first. Empty if the promise holds.
    let problems: [String]
    /// True if the only problem is that processes gave up waiting for the store. Nothing was lost or duplicated then.
    let isOverload: Bool
    /// The verdict with all problems, for people.
    let sentence: String

    var holds: Bool { problems.isEmpty }

    init(_ plan: SelftestPlan, _ tally: SelftestTally) {
        let wrong =
            Self.lost(tally) + Self.duplicated(plan, tally) + Self.wronglyServed(plan, tally) + Self.unaudited(tally)
        let late = Self.unserved(plan, tally)
        problems = wrong + late
        isOverload = wrong.isEmpty && tally.failed > 0 && Set(tally.failures.keys).isSubset(of: Self.overloadCodes)
        if problems.isEmpty {
            sentence = plan.kills ? Self.heldUnderKills(tally) : Self.held(plan, tally)
        } else {
            sentence =
                (isOverload
                    ? "Nothing was lost or duplicated, but not every process got a token: "
                    : "The promise does not hold: ")
                + problems.joined(separator: " ")
        }
    }

    /// The error codes of a process that waited too long for other processes.
    private static let overloadCodes: Set = ["store_busy", "lock_timeout", "save_deferred"]

    private static func held(_ plan: SelftestPlan, _ tally: SelftestTally) -> String {
        "The promise holds: \(plan.expectedExchanges) tokens expired, and \(tally.served) processes asked for new "
            + "ones; each expiry caused exactly one exchange, and every process got the current token."
    }

    private static func heldUnderKills(_ tally: SelftestTally) -> String {
        "The promise holds: \(tally.killed) processes were killed, \(tally.cutOff) of them during an exchange; no "
            + "login was lost, no exchange was refused, and every other process got the current token."
    }

    private static func lost(_ tally: SelftestTally) -> [String] {
        let withoutToken = (tally.rounds.last ?? []).filter { $0.current == nil }.map(\.profile)
        return [
            tally.loginsLost == 0 ? nil : "\(count(tally.loginsLost, "login")) lost.",
            tally.refused == 0 ? nil : "\(count(tally.refused, "exchange")) refused.",
            withoutToken.isEmpty ? nil : "No token after the last round for \(withoutToken.joined(separator: ", ")).",
            tally.earlyEnd.map { "A round could not start: \($0)." },
        ].compactMap { $0 }
    }

    private static func duplicated(_ plan: SelftestPlan, _ tally: SelftestTally) -> [String] {
        let counts = tally.rounds.joined().map(\.issued.count)
        let (several, issued) = (counts.count { $0 > 1 }, counts.reduce(0, +))
        // A killed process may have received an answer without saving it; another process then repeats the exchange.
        if plan.kills { return [] }
        if several > 0 { return ["\(count(several, "expiry", "expiries")) with more than one exchange."] }
        if tally.exchanges > issued { return ["\(count(tally.exchanges - issued, "exchange")) without tokens."] }
        return []
    }

    private static func wronglyServed(_ plan: SelftestPlan, _ tally: SelftestTally) -> [String] {
        let wronglyServed = tally.rounds.joined().map(\.wronglyServed).reduce(0, +)
        let missing = plan.processes * plan.rounds - tally.served - tally.failed
        return [
            missing == 0 ? nil : "\(count(missing, "process", "processes")) did not finish.",
            wronglyServed == 0 ? nil : "\(count(wronglyServed, "process", "processes")) got an outdated token.",
            plan.kills && tally.killed == 0 ? "No process was killed, so the test has shown nothing." : nil,
        ].compactMap { $0 }
    }

    private static func unserved(_ plan: SelftestPlan, _ tally: SelftestTally) -> [String] {
        let idle = tally.rounds.joined().count { $0.issued.isEmpty }
        let codes = tally.failures.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return [
            tally.failed == 0
                ? nil
                : "\(count(tally.failed, "process", "processes")) failed (\(codes.joined(separator: ", "))).",
            idle == 0 ? nil : "\(count(idle, "expiry", "expiries")) without an exchange.",
        ].compactMap { $0 }
    }

    private static func unaudited(_ tally: SelftestTally) -> [String] {
        [
            tally.auditProblem.map { "The audit is broken: \($0)" },
            tally.unexplained == 0 ? nil : "\(count(tally.unexplained, "exchange")) without a row in the audit.",
        ].compactMap { $0 }
    }

    private static func count(_ number: Int, _ one: String, _ several: String? = nil) -> String {
        "\(number) \(number == 1 ? one : several ?? one + "s")"
    }
}
