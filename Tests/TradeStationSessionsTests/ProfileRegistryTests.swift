import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationStore

@testable import TradeStationSessions

@Suite(.stage()) struct ProfileRegistryTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test func `a sign-in as another user is refused, and the old sign-in is kept`() async throws {
        let before = try await manager.session(named: "paper").accessToken()
        #expect(
            await code {
                _ = try await manager.registry.signIn(ProfileName("paper"), interaction: stage.browser(user: 1))
            } == .wrongUser
        )
        #expect(try await manager.session(named: "paper").accessToken() == before)
        #expect(try await stage.events(manager).last == "sign_in_failed")
        let again = try await manager.registry.signIn(ProfileName("paper"), interaction: stage.browser())
        #expect(again.login.generation == before.generation + 1)
        #expect(again.login.identity.username == stage.emulator.addresses.users[0].username)
    }

    @Test(.stage(opens: .emptyStore)) func `a declined sign-in leaves a row only in the audit`() async throws {
        #expect(
            await code {
                _ = try await manager.registry.add(
                    ProfileRequest(
                        name: ProfileName("p"),
                        environment: .live,
                        source: .key(stage.keyRequest())
                    ),
                    interaction: stage.browser(declines: true)
                )
            } == .loginDenied
        )
        let key = try stage.keyRequest()
        let isKnown = try await manager.registry.knowsKey(clientID: key.clientID, tokenURL: key.tokenURL)
        #expect(!isKnown)
        #expect(try await manager.registry.profiles().isEmpty)
        #expect(try await stage.events(manager) == ["sign_in_failed"])
    }

    @Test(.stage(rotate: true, opens: .emptyStore))
    func `an imported refresh token is exchanged once, and an invalid one leaves no row`() async throws {
        var key = try stage.keyRequest()
        key.refreshToken = Secret("made-up")
        let request = ProfileRequest(name: try ProfileName("p"), environment: .live, source: .key(key))
        #expect(await code { _ = try await manager.registry.add(request, interaction: nil) } == .loginRequired)
        #expect(stage.emulator.counts.refreshes == 1)
        #expect(try await manager.registry.profiles().isEmpty)
        #expect(try await manager.registry.knowsKey(clientID: key.clientID, tokenURL: key.tokenURL) == false)
    }

    @Test func `a known key is used again, and another secret for it is refused`() async throws {
        try await stage.add("second", user: 1, to: manager)
        let records = try await manager.registry.profiles()
        #expect(Set(records.map(\.apiKey.id)).count == 1)
        #expect(Set(records.map(\.login.id)).count == 2)
        var key = try stage.keyRequest()
        key.secret = Secret("another")
        let request = ProfileRequest(name: try ProfileName("third"), environment: .live, source: .key(key))
        #expect(
            await code { _ = try await manager.registry.add(request, interaction: stage.browser()) } == .usage
        )
        key.secret = nil
        key.authentication = .basic
        let differing = ProfileRequest(name: try ProfileName("third"), environment: .live, source: .key(key))
        #expect(
            await code { _ = try await manager.registry.add(differing, interaction: stage.browser()) } == .usage
        )
    }

    @Test(.stage(opens: .emptyStore)) func `the simulator does not support v2`() async throws {
        let request = ProfileRequest(
            name: try ProfileName("p"),
            environment: .sim,
            apiVersion: .v2,
            source: .key(try stage.keyRequest())
        )
        #expect(
            await code { _ = try await manager.registry.add(request, interaction: stage.browser()) } == .usage
        )
        #expect(stage.emulator.counts.authorizeRequests == 0)
    }

    @Test func `two names may not differ only in case`() async throws {
        #expect(await code { try await stage.add("PAPER", to: manager) } == .profileExists)
        #expect(
            await code { try await manager.registry.rename(ProfileName("paper"), to: ProfileName("Real")) }
                == .profileExists
        )
        try await manager.registry.rename(ProfileName("paper"), to: ProfileName("sandbox"))
        #expect(try await manager.registry.profiles().map(\.name.text) == ["real", "sandbox"])
    }

    @Test func `signing out erases the login's tokens and returns the other profiles on it`() async throws {
        let others = try await manager.registry.signOut(ProfileName("paper"))
        #expect(others.map(\.name.text) == ["real"])
        #expect(try await manager.registry.profile(named: ProfileName("real")).state == .new)
        try await stage.withManager { other in
            #expect(await code { _ = try await other.session(named: "real").accessToken() } == .loginRequired)
        }
        #expect(stage.emulator.counts.revocations == 0)
    }

    @Test func `the login is removed with its last profile, and the key with its last login`() async throws {
        try await manager.registry.remove(ProfileName("paper"))
        _ = try await manager.session(named: "real").accessToken()
        try await manager.registry.remove(ProfileName("real"))
        #expect(try await manager.registry.profiles().isEmpty)
        let key = try stage.keyRequest()
        #expect(try await manager.registry.knowsKey(clientID: key.clientID, tokenURL: key.tokenURL) == false)
    }

    @Test func `revoking ends every sign-in of the key`() async throws {
        try await stage.add("second", user: 1, to: manager)
        let ended = try await manager.registry.revoke(ProfileName("paper"))
        #expect(ended.map(\.name.text) == ["paper", "real", "second"])
        #expect(stage.emulator.counts.revocations == 2)
        #expect(try await manager.registry.profiles().map(\.state) == [.needsLogin, .needsLogin, .needsLogin])
        #expect(try await stage.events(manager).suffix(2) == ["revoked", "revoked"])
    }

    @Test(.stage(rotate: true)) func `a requested refresh makes one exchange, and a second request adopts it`()
        async throws
    {
        let record = try await manager.registry.profile(named: ProfileName("paper"))
        let first = try await manager.refresh(record)
        #expect(first.outcome == .refreshed)
        #expect(first.generation == 2)
        let second = try await manager.refresh(record)
        #expect(second.outcome == .adopted)
        #expect(second.generation == 2)
        #expect(stage.emulator.counts.refreshes == 1)
        let due = try await manager.refresh(
            try await manager.registry.profile(named: ProfileName("paper")),
            onlyIfDue: true
        )
        #expect(due.outcome == .fresh)
    }

    @Test(.stage(opens: .emptyStore))
    func `a sign-in that returns the refresh token of another login is not saved twice`()
        async throws
    {
        let first = try await stage.add("first", to: manager)
        let token = try await stage.withStore { try await $0.login(first.login.id)?.refreshToken?.exposed }
        let body = #"{"access_token":"a","token_type":"Bearer","expires_in":1200,"refresh_token":"\#(token ?? "")"}"#
        stage.emulator.script([
            EmulatorFault(at: .token, when: .before, .respond(status: 200, headers: [:], body: body))
        ])
        let error = await #expect(throws: AccountsError.self) { try await stage.add("second", user: 1, to: manager) }
        #expect(error?.code == .usage)
        #expect(error?.suggestion?.hasSuffix("--same-login-as first") == true)
        #expect(try await manager.registry.profiles().map(\.name.text) == ["first"])
    }
}
