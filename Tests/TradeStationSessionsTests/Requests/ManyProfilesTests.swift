import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// Many users at once: no request carries the token of another user.
@Suite struct ManyProfilesTests {
    /// Users with one simulator account each, named by their number.
    private static func users(_ numbers: Range<Int>) -> [EmulatorUser] {
        numbers.map { number in
            EmulatorUser(
                username: "user\(number)",
                password: "password\(number)",
                subject: "auth0|emulated-\(number)",
                liveAccounts: [],
                simAccounts: ["SIM\(number)M"]
            )
        }
    }

    /// Signs in all users of a stage. Then each asks for their own balances three times at once, with an expired token.
    private static func ask(_ stage: SessionStage, _ users: [EmulatorUser]) async throws {
        struct Balances: Decodable {
            struct Balance: Decodable { let AccountID: String }
            let Balances: [Balance]
        }
        try await stage.withManager { manager in
            var sessions: [(account: String, session: Session)] = []
            for (number, user) in users.enumerated() {
                // The names are the same in every store.
                try await stage.add("profile\(number)", user: number, to: manager)
                let session = try await manager.session(named: "profile\(number)")
                sessions.append((user.simAccounts[0], session))
            }
            stage.clock.advance(by: .seconds(1201))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (account, session) in sessions {
                    for _ in 1...3 {
                        group.addTask {
                            let path = "/v3/brokerage/accounts/\(account)/balances"
                            let answer = try await session.get(path, as: Balances.self)
                            #expect(answer.value.Balances.map(\.AccountID) == [account])
                            #expect(answer.errors.isEmpty)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Checks that each request carried the valid token of the user whose account is in its path, one per user.
    private static func check(_ stage: SessionStage, _ users: [EmulatorUser]) {
        let requests = stage.emulator.log.filter { $0.access != nil }
        #expect(requests.count == 3 * users.count)
        #expect(stage.emulator.counts.refreshes == users.count)
        #expect(Set(requests.compactMap(\.access)).count == users.count)
        for user in users {
            let own = requests.filter { $0.path.contains("/\(user.simAccounts[0])/") }
            #expect(own.map(\.username) == Array(repeating: user.username, count: 3))
            #expect(Set(own.map(\.access)).count == 1)
            #expect(own.map(\.status) == [200, 200, 200])
        }
    }

    @Test func `two hundred profiles at once, and those of another store, send their own tokens`()
        async throws
    {
        let (many, few) = (Self.users(0..<200), Self.users(200..<220))
        try await SessionStage.with(rotate: true, users: many) { first in
            try await SessionStage.with(rotate: true, users: few) { second in
                async let all: Void = Self.ask(first, many)
                async let others: Void = Self.ask(second, few)
                _ = try await (all, others)
                Self.check(first, many)
                Self.check(second, few)
            }
        }
    }
}
