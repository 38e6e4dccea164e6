import Testing
import TradeStationEmulator
import TradeStationModel

@testable import TradeStationSessions

@Suite(.stage()) struct SessionUserTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    @Test func `a session knows its user without a request`() async throws {
        let session = try await manager.session(named: "paper")
        let user = try await session.user
        #expect(user.subject == EmulatorUser.defaults[0].subject)
        #expect(user.username == EmulatorUser.defaults[0].username)
        #expect(stage.emulator.counts.apiRequests == 0)
        _ = try await manager.registry.signOut(ProfileName("paper"))
        let later = try await session.user
        #expect(later.subject == user.subject)
        #expect(later.name == nil)
        // The login still exists for the other profile.
        try await manager.registry.remove(ProfileName("paper"))
        #expect(await code { _ = try await session.user } == .profileNotFound)
        #expect(try await manager.session(named: "real").user.subject == user.subject)
    }

    @Test func `accounts are typed, and a v2 profile has no endpoint for them`() async throws {
        let accounts = try await manager.session(named: "paper").accounts()
        #expect(accounts.map(\.id) == EmulatorUser.defaults[0].simAccounts)
        #expect(accounts.map(\.type) == ["Margin", "Futures"])
        #expect(accounts.allSatisfy { $0.currency == "USD" && $0.status == "Active" })
        let old = try await stage.addV2(to: manager)
        do {
            _ = try await old.accounts()
            Issue.record("It was answered.")
        } catch let error as AccountsError {
            #expect(error.code == .usage)
            #expect(error.description.contains("A v2 profile has no list of accounts."))
        }
        #expect(await code { _ = try await manager.session(named: "old", environment: .sim) } == .usage)
        #expect(stage.emulator.counts.apiRequests == 1)
        stage.respond(403, #"{"Error":"Forbidden","Message":"no"}"#)
        let refused = await APIErrorTests.apiError {
            _ = try await manager.session(named: "paper").accounts()
        }
        #expect(refused?.status == 403)
    }
}

@Suite struct SessionUserClaimsTests {
    @Test func `name and e-mail come from the ID token, the user name from the access token`() {
        // {"sub":"auth0|1","name":"Ada L.","email":"ada@example.org","nickname":"ada"}
        let idToken = Secret(
            "e30.eyJzdWIiOiJhdXRoMHwxIiwibmFtZSI6IkFkYSBMLiIsImVtYWlsIjoiYWRhQGV4YW1wbGUub3JnIiwibmlja25hbWUiOiJhZGEifQ.x"
        )
        // {"sub":"auth0|1","http://tradestation.com/username":"adal"}
        let accessToken = Secret(
            "e30.eyJzdWIiOiJhdXRoMHwxIiwiaHR0cDovL3RyYWRlc3RhdGlvbi5jb20vdXNlcm5hbWUiOiJhZGFsIn0.x"
        )
        let user = SessionUser(idToken: idToken, accessToken: accessToken, known: Identity())
        #expect(user.subject == "auth0|1")
        #expect(user.username == "adal")
        #expect(user.name == "Ada L.")
        #expect(user.email == "ada@example.org")
        let unknown = SessionUser(
            idToken: nil,
            accessToken: Secret("opaque"),
            known: Identity(subject: "s", username: "u")
        )
        #expect(unknown.subject == "s" && unknown.username == "u" && unknown.email == nil)
    }
}
