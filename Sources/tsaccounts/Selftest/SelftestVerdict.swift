/// Whether the promise held: no refresh doubled, none lost. Plan and counts in, a sentence out.
struct SelftestVerdict: Sendable, Equatable {
    /// What broke it, each in a sentence, the worst first; empty when it held.
    let problems: [String]
    /// Whether all that is wrong is that processes gave up waiting for the store, with nothing lost and nothing doubled.
    let isOverload: Bool
    /// All of it in one sentence.
    let sentence: String

    var holds: Bool { problems.isEmpty }

    init(_ plan: SelftestPlan, _ tally: SelftestTally) {
        let wrong =
            Self.lost(tally) + Self.doubled(plan, tally) + Self.misserved(plan, tally) + Self.unaudited(tally)
        let late = Self.unserved(plan, tally)
        problems = wrong + late
        isOverload = wrong.isEmpty && tally.failed > 0 && Set(tally.failures.keys).isSubset(of: Self.patienceCodes)
        if problems.isEmpty {
            sentence = plan.kills ? Self.heldUnderKills(tally) : Self.held(plan, tally)
        } else {
            sentence =
                (isOverload ? "Nothing was lost or doubled, but not everybody was served: " : "It does not hold: ")
                + problems.joined(separator: " ")
        }
    }

    /// What a process says when others have kept it waiting for too long.
    private static let patienceCodes: Set = ["store_busy", "lock_timeout", "save_deferred"]

    private static func held(_ plan: SelftestPlan, _ tally: SelftestTally) -> String {
        "It holds: \(tally.served) processes met \(plan.expectedExchanges) expiries; each took exactly one exchange, "
            + "and every process got the current token."
    }

    private static func heldUnderKills(_ tally: SelftestTally) -> String {
        "It holds: \(tally.killed) processes were killed, \(tally.cutOff) of them in the middle of an exchange; no "
            + "login was lost, nothing was refused, and every process left alive got the current token."
    }

    private static func lost(_ tally: SelftestTally) -> [String] {
        let silent = (tally.rounds.last ?? []).filter { $0.current == nil }.map(\.profile)
        return [
            tally.loginsLost == 0 ? nil : "\(count(tally.loginsLost, "login")) lost.",
            tally.refused == 0 ? nil : "\(count(tally.refused, "exchange")) refused.",
            silent.isEmpty ? nil : "No token any more for \(silent.joined(separator: ", ")).",
            tally.trouble.map { "A round could not begin: \($0)." },
        ].compactMap { $0 }
    }

    private static func doubled(_ plan: SelftestPlan, _ tally: SelftestTally) -> [String] {
        let counts = tally.rounds.joined().map(\.issued.count)
        let (several, issued) = (counts.count { $0 > 1 }, counts.reduce(0, +))
        // A killed process may have had an answer that nobody else saw: then the exchange is made again.
        if plan.kills { return [] }
        if several > 0 { return ["\(count(several, "expiry", "expiries")) with more than one exchange."] }
        if tally.exchanges > issued { return ["\(count(tally.exchanges - issued, "exchange")) without tokens."] }
        return []
    }

    private static func misserved(_ plan: SelftestPlan, _ tally: SelftestTally) -> [String] {
        let misserved = tally.rounds.joined().map(\.misserved).reduce(0, +)
        let missing = plan.processes * plan.rounds - tally.served - tally.failed
        return [
            missing == 0 ? nil : "\(count(missing, "process", "processes")) never got to an answer.",
            misserved == 0 ? nil : "\(count(misserved, "process", "processes")) got an outdated token.",
            plan.kills && tally.killed == 0 ? "No process was killed, so nothing was shown." : nil,
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
