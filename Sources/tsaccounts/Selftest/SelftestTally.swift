/// The counts of a self-test, from the emulator, the processes and the audit.
struct SelftestTally: Sendable, Equatable {
    /// The complete rounds. Each contains one element for each login.
    var rounds: [[LoginRound]] = []
    /// The number of exchanges that the emulator received while processes ran.
    var exchanges = 0
    /// The number of exchanges that the emulator refused at any time.
    var refused = 0
    /// The number of sign-ins that the emulator ended.
    var loginsLost = 0
    /// The number of processes that printed a token.
    var served = 0
    /// The number of failed processes for each error code.
    var failures: [String: Int] = [:]
    /// The number of processes that were killed.
    var killed = 0
    /// The number of exchanges whose process was killed before it saved the answer.
    var cutOff = 0
    /// The number of exchanges that only the emulator or only the audit recorded.
    var unexplained = 0
    /// The problem that was found in the audit, if any.
    var auditProblem: String?
    /// The profile and the error code that ended the test early, if any.
    var earlyEnd: String?

    /// The number of failed processes.
    var failed: Int { failures.values.reduce(0, +) }

    /// Adds the outcome of a process.
    mutating func count(_ outcome: ChildOutcome) {
        switch outcome {
        case .served: served += 1
        case .failed(let code): failures[code, default: 0] += 1
        case .killed: killed += 1
        }
    }
}
