/// Everything that was counted in a self-test, on the server's side, on the processes', and in the audit.
struct SelftestTally: Sendable, Equatable {
    /// The rounds that were played to their end, login by login.
    var rounds: [[LoginRound]] = []
    /// Exchanges that the server was asked for while processes ran.
    var exchanges = 0
    /// Exchanges that the server refused, at any time.
    var refused = 0
    /// Sign-ins that the server ended.
    var loginsLost = 0
    /// Processes that printed a token.
    var served = 0
    /// How often processes failed, by error code.
    var failures: [String: Int] = [:]
    /// Processes that were killed.
    var killed = 0
    /// Exchanges whose process was killed before it had saved the answer.
    var cutOff = 0
    /// Exchanges that the server saw and the audit does not explain, or the other way round.
    var unexplained = 0
    /// What checking the audit found, if it found something.
    var auditProblem: String?
    /// Why no further round could be played, if it ended early: a profile and a code.
    var trouble: String?

    /// Processes that failed.
    var failed: Int { failures.values.reduce(0, +) }

    /// Counts the end of a process.
    mutating func count(_ outcome: ChildOutcome) {
        switch outcome {
        case .served: served += 1
        case .failed(let code): failures[code, default: 0] += 1
        case .killed: killed += 1
        }
    }
}
