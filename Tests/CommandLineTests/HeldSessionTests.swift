import Foundation
import Testing
import TradeStationEmulator
import TradeStationSessions

extension CommandLineSuite {
    /// A program with open sessions and an event listener, while commands change the profiles of the sessions.
    @Suite(.timeLimit(.minutes(20))) struct HeldSessionTests {
        /// Opens sessions on the profiles `p` and `q` of one login, and a listener.
        private func withSessions(
            _ body: (Stage, _ p: Session, _ q: Session, inout SessionEvents.Iterator) async throws -> Void
        ) async throws {
            try await Stage.with(EmulatorConfiguration(rotate: true)) { stage in
                try await stage.add("p")
                try await stage.add("q", sharing: "p")
                let configuration = SessionConfiguration(storeDirectory: stage.tool.store)
                try await withSessionManager(configuration: configuration) { manager in
                    let (p, q) = (try await manager.session(named: "p"), try await manager.session(named: "q"))
                    for session in [p, q] { #expect(try await session.accessToken().generation == 1) }
                    var listener = manager.events.makeAsyncIterator()
                    try await body(stage, p, q, &listener)
                }
            }
        }

        /// Runs a command that must succeed.
        private func command(_ stage: Stage, _ arguments: String...) async throws {
            let result = try await stage.tool.run(arguments)
            #expect(result.status == 0, "\(result.errors)")
        }

        private func login(_ stage: Stage, _ name: String) async throws {
            let running = try stage.tool.start(["login", name])
            try await stage.signIn(running)
            let result = await running.result()
            #expect(result.status == 0, "\(result.errors)")
        }

        private func failure(of session: Session) async -> AccountsError? {
            do {
                _ = try await session.accessToken()
                return nil
            } catch {
                return error as? AccountsError
            }
        }

        @Test func `a refresh by a command is adopted by the next call and reported as an event`() async throws {
            try await withSessions { stage, p, q, listener in
                try await command(stage, "refresh", "p")
                #expect(p.currentAccessToken() == nil)
                #expect(try await p.accessToken().generation == 2)
                #expect(q.currentAccessToken()?.generation == 2)
                #expect(stage.emulator.counts.refreshes == 1)
                let event = try #require(await listener.next())
                #expect(event.kind == .adopted(generation: 2, expiresAt: try await p.accessToken().expiresAt))
                #expect(event.profiles.map(\.text) == ["p", "q"])
                #expect(event.requester == "tsaccounts refresh")
                #expect(event.processID != ProcessInfo.processInfo.processIdentifier)
            }
        }

        @Test(arguments: [["logout", "p"], ["revoke", "p", "--yes"]])
        func `after a logout or a revocation a new sign-in makes the open sessions work again`(
            _ arguments: [String]
        ) async throws {
            try await withSessions { stage, p, q, listener in
                let ended = try await stage.tool.run(arguments)
                #expect(ended.status == 0, "\(ended.errors)")
                for (session, name) in [(p, "p"), (q, "q")] {
                    let failure = await failure(of: session)
                    #expect(failure?.code == .loginRequired)
                    #expect(failure?.suggestion == "tsaccounts login \(name)")
                }
                #expect(await listener.next()?.kind == .needsLogin(code: .loginRequired))
                try await login(stage, "q")
                for session in [p, q] { #expect(try await session.accessToken().generation == 3) }
                let end = try await p.accessToken().expiresAt
                #expect(await listener.next()?.kind == .adopted(generation: 3, expiresAt: end))
                #expect(await listener.next()?.kind == .recovered)
                #expect(stage.emulator.counts.refreshes == 0)
            }
        }

        @Test func `a new sign-in is adopted while the old tokens are valid`() async throws {
            try await withSessions { stage, p, _, listener in
                try await login(stage, "p")
                #expect(try await p.accessToken().generation == 2)
                let end = try await p.accessToken().expiresAt
                #expect(await listener.next()?.kind == .adopted(generation: 2, expiresAt: end))
                #expect(stage.emulator.counts.refreshes == 0)
            }
        }

        @Test func `a removed profile is not found, and the other profile on its login still works`() async throws {
            try await withSessions { stage, p, q, _ in
                try await command(stage, "remove", "p", "--yes")
                for _ in 1...2 { #expect(await failure(of: p)?.code == .profileNotFound) }
                #expect(try await q.accessToken().generation == 1)
                try await command(stage, "remove", "q", "--yes")
                for session in [p, q] { #expect(await failure(of: session)?.code == .profileNotFound) }
            }
        }

        @Test func `a renamed profile's session still works, and events contain the new name`() async throws {
            try await withSessions { stage, p, _, listener in
                try await command(stage, "rename", "p", "renamed")
                #expect(p.currentAccessToken()?.generation == 1)
                #expect(try await p.get("/v3/brokerage/accounts").status == 200)
                try await command(stage, "refresh", "renamed")
                #expect(try await p.accessToken().generation == 2)
                #expect(await listener.next()?.profiles.map(\.text) == ["q", "renamed"])
            }
        }
    }
}
