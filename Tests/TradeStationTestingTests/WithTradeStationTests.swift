import Testing
import TradeStationTesting

/// The default environment of a test of a trading program, and its options.
struct WithTradeStationTests {
    @Test func `after twenty minutes one refresh keeps a session usable`() async throws {
        try await withTradeStation { tradeStation in
            let session = try await tradeStation.manager.session(named: "sim")
            #expect(try await session.accounts().map(\.id) == EmulatorUser.defaults[0].simAccounts)
            tradeStation.clock.advance(by: .seconds(20 * 60))
            _ = try await session.accounts()
            #expect(tradeStation.emulator.counts.refreshes == 1)
        }
    }

    @Test func `live and sim share one login, and one refresh serves both`() async throws {
        try await withTradeStation { tradeStation in
            #expect(tradeStation.emulator.counts.codeExchanges == 1)
            let live = try await tradeStation.manager.session(named: "live")
            let sim = try await tradeStation.manager.session(named: "sim")
            #expect(live.profile.login.id == sim.profile.login.id)
            #expect(try await live.accounts().map(\.id) == EmulatorUser.defaults[0].liveAccounts)
            tradeStation.clock.advance(by: .seconds(20 * 60))
            #expect(try await live.accessToken() == sim.accessToken())
            #expect(tradeStation.emulator.counts.refreshes == 1)
        }
    }

    @Test func `another user has another login`() async throws {
        let profiles = [.sim, TestProfile("his", .sim, user: "bob"), TestProfile("real", .live, user: "bob")]
        try await withTradeStation(profiles: profiles) { tradeStation in
            #expect(tradeStation.emulator.counts.codeExchanges == 2)
            let his = try await tradeStation.manager.session(named: "his")
            #expect(try await his.user.username == "bob")
            #expect(try await his.accounts().map(\.id) == EmulatorUser.defaults[1].simAccounts)
            tradeStation.clock.advance(by: .seconds(20 * 60))
            for name in ["sim", "his", "real"] {
                _ = try await tradeStation.manager.session(named: name).accounts()
            }
            #expect(tradeStation.emulator.counts.refreshes == 2)
        }
    }

    @Test func `users can be configured, and an unknown user is named in the error`() async throws {
        let carol = EmulatorUser(
            username: "carol",
            password: "p",
            subject: "auth0|carol",
            liveAccounts: ["33000001"],
            simAccounts: []
        )
        let emulator = EmulatorConfiguration(users: [carol])
        try await withTradeStation(profiles: [.live], emulator: emulator) { tradeStation in
            let session = try await tradeStation.manager.session(named: "live")
            #expect(try await session.accounts().map(\.id) == ["33000001"])
            let error = await #expect(throws: AccountsError.self) {
                try await tradeStation.add(TestProfile("dave", .sim, user: "dave"))
            }
            #expect(error?.code == .usage)
            #expect(error?.message.contains("dave") == true)
            #expect(error?.suggestion?.contains("carol") == true)
        }
    }

    @Test func `fences apply, and nothing is sent`() async throws {
        let accounts = EmulatorUser.defaults[0].simAccounts
        let profiles = [
            TestProfile("watcher", .sim, isReadOnly: true), TestProfile("margin", .sim, accounts: [accounts[0]]),
        ]
        try await withTradeStation(profiles: profiles) { tradeStation in
            for (name, account) in [("watcher", accounts[0]), ("margin", accounts[1])] {
                let session = try await tradeStation.manager.session(named: name)
                let error = await #expect(throws: AccountsError.self) {
                    _ = try await session.post("/v3/orderexecution/orders", body: ["AccountID": account])
                }
                #expect(error?.code == .fenced)
            }
            let margin = try await tradeStation.manager.session(named: "margin")
            #expect(tradeStation.emulator.counts.apiRequests == 0)
            #expect(try await margin.accounts().map(\.id) == [accounts[0]])
        }
    }

    @Test func `a key can rotate, and after a revocation the user can sign in again`() async throws {
        try await withTradeStation(emulator: EmulatorConfiguration(rotate: true)) { tradeStation in
            let session = try await tradeStation.manager.session(named: "sim")
            for _ in 1...3 {
                tradeStation.clock.advance(by: .seconds(20 * 60))
                _ = try await session.accessToken()
            }
            let presented = tradeStation.emulator.log.compactMap(\.presented)
            #expect(Set(presented).count == 3)
            tradeStation.emulator.revokeAll()
            tradeStation.clock.advance(by: .seconds(20 * 60))
            let error = await #expect(throws: AccountsError.self) { try await session.accessToken() }
            #expect(error?.code == .loginRequired)
            try await tradeStation.signIn("sim")
            #expect(try await session.accounts().isEmpty == false)
        }
    }

    @Test func `another manager shares the store, like another process`() async throws {
        try await withTradeStation { tradeStation in
            tradeStation.clock.advance(by: .seconds(20 * 60))
            let first = try await tradeStation.manager.session(named: "sim").accessToken()
            try await withSessionManager(configuration: tradeStation.configuration) { other in
                let second = try await other.session(named: "sim").accessToken()
                #expect(second == first)
            }
            #expect(tradeStation.emulator.counts.refreshes == 1)
        }
    }

    @Test func `settings that a test does not change keep their defaults`() async throws {
        try await withTradeStation(configure: { $0.requester = "my bot" }) { tradeStation in
            #expect(tradeStation.configuration.requester == "my bot")
            let rows = try await tradeStation.manager.registry.auditRecords(AuditQuery())
            #expect(Set(rows.map { $0.text("requester") }) == ["my bot"])
            #expect(tradeStation.configuration.timeout == SessionConfiguration().timeout)
        }
    }
}
