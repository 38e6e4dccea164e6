import TradeStationEmulator
import TradeStationSessions

/// How large a self-test is, and against what kind of server it runs.
struct SelftestPlan: Sendable {
    /// More than this would measure the machine, not the promise.
    static let mostProcesses = 1000
    /// How many processes run at the same moment; the others of a round start as these end.
    static let mostAtOnce = 200
    /// The server's log holds every request of so many logins and rounds.
    static let mostLogins = 200
    static let mostRounds = 100

    /// How many processes ask in each round.
    var processes: Int
    /// How many sign-ins they share.
    var logins: Int
    /// How often the access tokens of all logins come to their end.
    var rounds: Int
    /// Whether running processes are killed and replaced.
    var kills: Bool
    /// For how long the server accepts the previous refresh token once more.
    var overlapSeconds: Int
    /// How long a process waits for a token.
    var timeoutSeconds: Double = 30

    /// A test; without kills against the strictest server there is, which accepts a refresh token once.
    init(processes: Int, logins: Int, rounds: Int, kills: Bool) {
        self.processes = processes
        self.logins = logins
        self.rounds = rounds
        self.kills = kills
        overlapSeconds = kills ? 60 : 0
    }

    /// The profiles, one for each login.
    var names: [String] { (1...logins).map { "login-\($0)" } }

    /// Exchanges that the rounds need: one for each login and round.
    var expectedExchanges: Int { logins * rounds }

    /// At most as many kills in a round as processes, so that a slow machine comes to its end, too.
    var mostKills: Int { kills ? processes : 0 }
    static let killEveryMilliseconds: Int64 = 50

    /// Tokens with which a round begins end after a second, by the real clocks.
    static let endingTokenSeconds = 1
    /// Tokens that a round brings outlast it on any machine: a second exchange is one too many.
    static let lastingTokenSeconds = 1200

    /// A server that rotates, with a user for each login.
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

    /// The server is slow to answer after it has acted. Without kills so that processes gather at the lock; with kills
    /// longer, so that many of them strike while only the server knows the new token.
    var slowness: EmulatorFault {
        EmulatorFault(at: .token, when: .after, .delay(seconds: kills ? 1 : 0.3), times: 1_000_000)
    }
}
