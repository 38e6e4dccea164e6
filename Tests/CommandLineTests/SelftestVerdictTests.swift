import Testing

@testable import tsaccounts

@Suite struct SelftestVerdictTests {
    private static let plan = SelftestPlan(processes: 6, logins: 2, rounds: 2, kills: false)
    private static let killing = SelftestPlan(processes: 6, logins: 2, rounds: 2, kills: true)

    /// The counts of a run without problems.
    private static var perfect: SelftestTally {
        var tally = SelftestTally()
        tally.rounds = (1...2).map { round in
            ["login-1", "login-2"].map { name in
                let token = "\(name)-\(round)"
                return LoginRound(profile: name, issued: [token], served: [token, token, token], current: token)
            }
        }
        tally.exchanges = 4
        tally.served = 12
        return tally
    }

    private static func tally(_ change: (inout SelftestTally) -> Void) -> SelftestTally {
        var tally = perfect
        change(&tally)
        return tally
    }

    private static func replacing(
        issued: [String]? = nil,
        served: [String]? = nil,
        current: String?? = nil
    ) -> SelftestTally {
        tally { tally in
            let old = tally.rounds[1][0]
            tally.rounds[1][0] = LoginRound(
                profile: old.profile,
                issued: issued ?? old.issued,
                served: served ?? old.served,
                current: current ?? old.current
            )
        }
    }

    @Test func `with perfect counts the promise holds, and the verdict contains the counts`() {
        let verdict = SelftestVerdict(Self.plan, Self.perfect)
        #expect(verdict.holds)
        #expect(
            verdict.sentence
                == "The promise holds: 4 tokens expired, and 12 processes asked for new ones; each expiry caused exactly one exchange, and every process got the current token."
        )
    }

    @Test(
        arguments: [
            (tally { $0.loginsLost = 1 }, "1 login lost."),
            (tally { $0.refused = 2 }, "2 exchanges refused."),
            (replacing(current: .some(nil)), "No token after the last round for login-1."),
            (tally { $0.earlyEnd = "login-2 (login_required)" }, "A round could not start: login-2 (login_required)."),
            (replacing(issued: ["login-1-2", "twice"]), "1 expiry with more than one exchange."),
            (tally { $0.exchanges = 6 }, "2 exchanges without tokens."),
            (replacing(issued: []), "1 expiry without an exchange."),
            (replacing(served: ["login-1-2", "login-1-1", "login-1-2"]), "1 process got an outdated token."),
            (tally { $0.served = 10 }, "2 processes did not finish."),
            (
                tally {
                    $0.served = 9
                    $0.failures = ["login_required": 2, "exit_1": 1]
                }, "3 processes failed (exit_1 1, login_required 2)."
            ),
            (tally { $0.auditProblem = "row_hash differs." }, "The audit is broken: row_hash differs."),
            (tally { $0.unexplained = 1 }, "1 exchange without a row in the audit."),
        ] as [(SelftestTally, String)]
    )
    func `one bad count makes the verdict negative, and the verdict names the problem`(
        _ tally: SelftestTally,
        _ problem: String
    ) {
        let verdict = SelftestVerdict(Self.plan, tally)
        #expect(!verdict.holds)
        #expect(verdict.problems.contains(problem), "\(verdict.problems)")
        #expect(verdict.sentence.hasPrefix("The promise does not hold: "))
        #expect(verdict.sentence.contains(problem))
        #expect(!verdict.isOverload)
    }

    @Test func `with kills an exchange may be repeated, but nothing may be lost`() {
        var tally = Self.replacing(issued: ["lost with its process", "login-1-2"])
        tally.exchanges = 5
        tally.killed = 3
        tally.cutOff = 1
        let held = SelftestVerdict(Self.killing, tally)
        #expect(
            held.sentence
                == "The promise holds: 3 processes were killed, 1 of them during an exchange; no login was lost, no exchange was refused, and every other process got the current token."
        )
        #expect(held.holds)
        tally.refused = 1
        tally.loginsLost = 1
        let lost = SelftestVerdict(Self.killing, tally)
        #expect(lost.problems == ["1 login lost.", "1 exchange refused."])
    }

    @Test func `a test with kills in which no process was killed shows nothing`() {
        #expect(
            SelftestVerdict(Self.killing, Self.perfect).problems
                == ["No process was killed, so the test has shown nothing."]
        )
    }

    @Test func `a machine that is too slow is distinguished from a broken promise`() {
        let late = SelftestVerdict(
            Self.plan,
            Self.tally {
                $0.served = 10
                $0.failures = ["store_busy": 1, "lock_timeout": 1]
            }
        )
        #expect(!late.holds)
        #expect(late.isOverload)
        #expect(
            late.sentence
                == "Nothing was lost or duplicated, but not every process got a token: 2 processes failed (lock_timeout 1, store_busy 1)."
        )
        let both = SelftestVerdict(
            Self.plan,
            Self.tally {
                $0.served = 11
                $0.failures = ["store_busy": 1]
                $0.refused = 1
            }
        )
        #expect(!both.isOverload)
    }

    @Test func `the outcome of a process follows from its output and its end`() {
        func outcome(_ output: String, status: Int32 = 0, signal: Int32? = nil) -> ChildOutcome {
            ChildOutcome(ChildProcess.End(processID: 1, signal: signal, status: status, output: output))
        }
        #expect(outcome(#"{"access_token":"abc"}"# + "\n") == .served("ba7816bf8f01"))
        #expect(outcome(#"{"code":"login_required","message":"","try":null}"#, status: 77) == .failed("login_required"))
        #expect(
            outcome(#"{"access_token":"abc"}"# + "\n" + #"{"code":"save_deferred"}"#, status: 74)
                == .failed("save_deferred")
        )
        #expect(outcome("", status: 0) == .failed("exit_0"))
        #expect(outcome("Fatal error: oops", status: 1) == .failed("exit_1"))
        #expect(outcome(#"{"access_token":"abc"}"#, signal: 9) == .killed)
        #expect(outcome("", signal: 11) == .failed("signal_11"))
    }
}
