import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationStore
import TradeStationTesting

@testable import TradeStationSessions

/// Sign-outs, revocations, sign-ins and removals: what they record, and what they save first.
@Suite(.stage(rotate: true)) struct EndingLoginTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test(.stage(), arguments: ["logout", "revoke", "login", "remove"])
    func `the command that ends a login of a process that died records the attempt first`(how: String) async throws {
        let name = try ProfileName("paper")
        let login = try await manager.registry.profile(named: name).login.id
        if how == "remove" { try await manager.registry.remove(ProfileName("real")) }
        try await stage.crash(during: login)
        switch how {
        case "logout": _ = try await manager.registry.signOut(name)
        case "revoke": _ = try await manager.registry.revoke(name)
        case "login": _ = try await manager.registry.signIn(name, interaction: stage.browser())
        default: try await manager.registry.remove(name)
        }
        let ending = ["logout": "signed_out", "revoke": "revoked", "login": "signed_in"][how]
        #expect(
            try await stage.events(manager).suffix(3)
                == ["refresh_started", "outcome_unknown", ending ?? "profile_removed"]
        )
        let unknown = try #require(
            try await manager.registry.auditRecords(AuditQuery()).last { $0.text("event") == "outcome_unknown" }
        )
        #expect(unknown.text("attempt_id") == SessionStage.crashedAttempt.id)
        #expect(unknown.text("outcome") == "process_died")
    }

    @Test(.stage(rotate: true), arguments: ["logout", "revoke", "login", "remove"])
    func `the command that ends a login saves the answer that a process that died had received`(how: String)
        async throws
    {
        let name = try ProfileName("paper")
        let record = try await stage.paper()
        if how == "remove" { try await manager.registry.remove(ProfileName("real")) }
        let staged = LoginFixture.staged(
            LoginFixture.tokens(accessToken: "a", refreshToken: "r", life: 2401, at: stage.clock.now()),
            after: record.login.generation
        )
        try await stage.crash(during: record.login.id, leaving: staged)
        switch how {
        case "logout": _ = try await manager.registry.signOut(name)
        case "revoke": _ = try await manager.registry.revoke(name)
        case "login": _ = try await manager.registry.signIn(name, interaction: stage.browser())
        default: try await manager.registry.remove(name)
        }
        let ending = ["logout": "signed_out", "revoke": "revoked", "login": "signed_in"][how] ?? "profile_removed"
        let rows = try await manager.registry.auditRecords(AuditQuery())
        #expect(rows.compactMap { $0.text("event") }.suffix(3) == ["refresh_started", "recovered", ending])
        guard how != "remove" else { return }
        #expect(rows.last?.integer("generation_before") == Int64(record.login.generation + 1))
        #expect(rows.last?.integer("generation_after") == Int64(record.login.generation + 2))
    }

    @Test(arguments: ["logout", "revoke"])
    func `after a sign-out or a revocation here, the error says so`(how: String) async throws {
        let name = try ProfileName("paper")
        let session = try await manager.session(named: "paper")
        if how == "logout" {
            _ = try await manager.registry.signOut(name)
        } else {
            _ = try await manager.registry.revoke(name)
        }
        let expected = how == "logout" ? AccountsError.signedOut : .revoked
        do {
            _ = try await session.accessToken()
            Issue.record("There is no token.")
        } catch let error as AccountsError {
            #expect(error == expected.about(name))
        }
        #expect(try await stage.paper().login.erasure == (how == "logout" ? .signedOut : .revoked))
    }
}
