import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationStore
import TradeStationTesting

@testable import TradeStationSessions

/// New refresh tokens that are unusual: they are kept, or their loss is reported.
@Suite(.stage(rotate: true)) struct UnusableRefreshTokenTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    /// Makes the next answer of the token endpoint one with this member.
    private func answer(_ member: String) {
        let body = #"{"access_token":"acc-2","token_type":"Bearer","expires_in":1200,"refresh_token":\#(member)}"#
        stage.emulator.script([
            EmulatorFault(at: .token, when: .before, .respond(status: 200, headers: [:], body: body))
        ])
    }

    private func refresh() async throws {
        _ = try await manager.refresh(stage.paper())
    }

    @Test(arguments: [20 * 1024, 60 * 1024])
    func `a long refresh token is kept, also by a process that dies after it was received`(_ length: Int) async throws {
        let long = String(repeating: "r", count: length)
        answer("\"\(long)\"")
        try await refresh()
        let record = try await stage.paper()
        #expect(record.state == .ready)
        let stored = try await manager.registry.storedLogin(of: record)
        #expect(stored.refreshToken?.exposed == long)
        // A side file is large enough for it.
        let staged = LoginFixture.staged(
            LoginFixture.tokens(refreshToken: long + "2", life: 1200, at: stage.clock.now()),
            after: record.login.generation
        )
        try await stage.withStore { try await $0.stage(staged, for: record.login.id) }
        let found = try await manager.registry.storedLogin(of: record).staged
        #expect(found?.tokens.refreshToken?.exposed == long + "2")
    }

    @Test func `a new refresh token that cannot be kept is never reported as a success`() async throws {
        let old = try await manager.registry.storedLogin(of: stage.paper())
        answer("{}")
        let error = try await #require(throws: AccountsError.self) { try await refresh() }
        #expect(error.code == .serverError)
        #expect(error.suggestion == "tsaccounts login paper")
        #expect(error.reason == "It is not a string.")
        let record = try await stage.paper()
        #expect(record.state == .degraded)
        // The access token of the answer serves until it expires.
        let stored = try await manager.registry.storedLogin(of: record)
        #expect(stored.tokens?.accessToken.exposed == "acc-2")
        #expect(stored.refreshToken == old.refreshToken)
        #expect(try await manager.session(named: "paper").accessToken().secret.exposed == "acc-2")
        let row = try #require(try await manager.registry.auditRecords(AuditQuery()).last)
        #expect(row.text("event") == "refresh_failed")
        #expect(row.text("outcome") == "refresh_token_unusable")
        #expect(row.integer("generation_after") == Int64(record.login.generation))
        #expect(row.text("detail")?.contains("It is not a string.") == true)
        #expect(stage.emulator.counts.refreshes == 1)
    }

    @Test func `an empty refresh token is a loss for a key that rotates, and otherwise none`() async throws {
        answer("\"\"")
        try await refresh()
        #expect(try await stage.paper().state == .ready)
        // Now the key is known to rotate.
        try await refresh()
        answer("\"\"")
        #expect(await code { try await refresh() } == .serverError)
        #expect(try await stage.paper().state == .degraded)
    }

    @Test func `a caller gets the access token, and a command the reason beside it`() async throws {
        let record = try await stage.paper()
        stage.clock.advance(by: .seconds(1201))
        answer("true")
        let report = try await manager.token(record)
        #expect(report.token.secret.exposed == "acc-2")
        #expect(report.saveFailure?.code == .serverError)
        // Afterwards the access token in the store is served, and the login is degraded.
        #expect(try await manager.token(record).saveFailure == nil)
        #expect(try await stage.paper().state == .degraded)
    }
}
