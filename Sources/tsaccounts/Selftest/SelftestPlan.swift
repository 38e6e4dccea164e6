import TradeStationEmulator
import TradeStationSessions

/// The size of a self-test and the settings of its emulator.
struct SelftestPlan: Sendable {
    /// The maximum number of processes in a round. A higher number would test the machine, not this program.
    static let mostProcesses = 1000
    /// The maximum number of processes that run at the same time. The others of a round start when these end.
    static let mostAtOnce = 200
    /// The maximum number of logins. Even with ``mostRounds`` rounds, the emulator's log has room for every request.
    static let mostLogins = 200
    static let mostRounds = 100

    /// The number of processes in each round.
    var processes: Int
    /// The number of logins that the processes share.
    var logins: Int
    /// The number of rounds. The access tokens of all logins expire in each round.
    var rounds: Int
    /// True if running processes are killed and replaced.
    var kills: Bool
    /// The time for which the emulator still accepts the previous refresh token.
    var overlapSeconds: Int
    /// The time that a process waits for a token.
    var timeoutSeconds: Double = 30

    /// Creates a plan. Without kills, the emulator is strict and accepts each refresh token only once.
    init(processes: Int, logins: Int, rounds: Int, kills: Bool) {
        self.processes = processes
        self.logins = logins
        self.rounds = rounds
        self.kills = kills
        overlapSeconds = kills ? 60 : 0
    }

    /// The names of the profiles, one for each login.
    var names: [String] { (1...logins).map { "login-\($0)" } }

    /// The number of exchanges that the rounds need: one for each login and round.
    var expectedExchanges: Int { logins * rounds }

    /// The maximum number of kills in a round. The limit makes sure that a round also ends on a slow machine.
    var mostKills: Int { kills ? processes : 0 }
    static let killEveryMilliseconds: Int64 = 50

    /// The lifetime of the access tokens at the start of a round. They expire in real time.
    static let endingTokenSeconds = 1
    /// The lifetime of the access tokens that are issued in a round. It is longer than any round, so a second exchange
    /// in a round is an error.
    static let lastingTokenSeconds = 1200

    /// The settings of the emulator: it rotates refresh tokens and has a user for each login.
    var emulator: EmulatorConfiguration {
        EmulatorConfiguration(
            accessTokenSeconds: Self.endingTokenSeconds,
            rotate: true,
            overlapSeconds: overlapSeconds,
            users: names.map { name in
                EmulatorUser(
                    username: name,
                    password: "password-of-\(name)",
                    subject: "auth0|selftest-\(name)",
                    liveAccounts: [],
                    simAccounts: []
                )
            }
        )
    }

    /// The delay between the emulator's processing of a request and its answer.
    ///
    /// Without kills, the delay lets processes wait at the lock. With kills it is longer, so that many processes are
    /// killed while only the emulator knows the new token.
    var answerDelay: EmulatorFault {
        EmulatorFault(at: .token, when: .after, .delay(seconds: kills ? 1 : 0.3), times: 1_000_000)
    }
}
