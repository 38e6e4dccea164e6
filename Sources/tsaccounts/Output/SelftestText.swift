import TradeStationSessions

/// The result of a self-test as text.
struct SelftestText: Sendable {
    let plan: SelftestPlan
    let tally: SelftestTally
    let verdict: SelftestVerdict
    let elapsedMilliseconds: Int64
    let directory: String
    let fileSystem: String?

    /// The result as a JSON object.
    var json: JSONText {
        .object([
            ("ok", .bool(verdict.holds)), ("verdict", .string(verdict.sentence)),
            ("processes", number(plan.processes)), ("logins", number(plan.logins)), ("rounds", number(plan.rounds)),
            ("kill", .bool(plan.kills)), ("overlap_seconds", number(plan.overlapSeconds)),
            ("exchanges", number(tally.exchanges)), ("expected_exchanges", number(plan.expectedExchanges)),
            ("refused", number(tally.refused)), ("logins_lost", number(tally.loginsLost)),
            ("served", number(tally.served)), ("failed", number(tally.failed)), ("killed", number(tally.killed)),
            ("killed_in_exchange", number(tally.cutOff)), ("elapsed_seconds", .integer(elapsedMilliseconds / 1000)),
            ("file_system", .optional(fileSystem)), ("directory", .string(directory)),
            ("directory_kept", .bool(!verdict.holds)),
        ])
    }

    /// The result as a human-readable table. The verdict is the last line.
    var lines: [String] {
        let least = plan.kills ? "at least " : ""
        let facts: [(String, String?)] = [
            ("processes", "\(plan.processes)"), ("logins", "\(plan.logins)"), ("rounds", "\(plan.rounds)"),
            ("exchanges", "\(tally.exchanges), expected \(least)\(plan.expectedExchanges)"),
            ("refused", "\(tally.refused)"), ("logins lost", "\(tally.loginsLost)"), ("served", "\(tally.served)"),
            ("failed", "\(tally.failed)"),
            ("killed", plan.kills ? "\(tally.killed), \(tally.cutOff) of them in an exchange" : nil),
            ("time", "\(elapsedMilliseconds / 1000) s"), ("file system", fileSystem),
        ]
        let table = facts.compactMap { name, value in
            value.map { name.padding(to: 13) + $0 }
        }
        return table + [verdict.sentence]
    }

    private func number(_ value: Int) -> JSONText { .integer(Int64(value)) }
}
