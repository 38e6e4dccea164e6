import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationStore
import TradeStationTesting

@testable import TradeStationSessions

/// A sign-in whose lock or database is busy: nothing is exchanged that cannot be saved, and nothing that was exchanged
/// is dropped.
@Suite(.stage(rotate: true)) struct SignInSavingTests {
    private let stage = SessionStage.current

    private func signInError(_ manager: SessionManager, user: Int = 0) async throws -> AccountsError? {
        do {
            _ = try await manager.registry.signIn(ProfileName("paper"), interaction: stage.browser(user: user))
            return nil
        } catch let error as AccountsError {
            return error
        }
    }

    @Test func `a sign-in that cannot get the lock exchanges nothing, and the audit has a row about it`() async throws {
        let login = try await stage.paper().login.id
        let before = stage.emulator.counts.exchanges
        try await stage.withStore { other async throws in
            let lock = try await other.lock(login, timeoutMilliseconds: 0)
            defer { lock.unlock() }
            try await stage.withManager(timeout: .zero) { manager async throws in
                let error = try #require(try await signInError(manager))
                #expect(error.code == .lockTimeout)
                #expect(error.reason?.contains("was not exchanged") == true)
                #expect(try await stage.events(manager).last == "sign_in_failed")
            }
        }
        #expect(stage.emulator.counts.exchanges == before)
        #expect(try await signInError(stage.manager) == nil)
    }

    @Test func `a sign-in is saved over a refresh that another process saved at the same moment`() async throws {
        try await stage.withCountingStore { manager, store async throws in
            let login = try await stage.paper().login
            let newer = LoginFixture.tokens(accessToken: "n", refreshToken: "n", life: 1200, at: stage.clock.now())
            let commit = TokenCommit(
                parentGeneration: login.generation,
                tokens: newer,
                identity: nil,
                rotation: .rotating
            )
            store.beforeNextCommit { [stage] in
                _ = try await stage.withStore {
                    try await $0.commit(commit, to: login.id, audit: [AuditEntry(.refreshSucceeded, loginID: login.id)])
                }
            }
            let record = try await manager.registry.signIn(ProfileName("paper"), interaction: stage.browser())
            #expect(record.login.generation == login.generation + 2)
            let stored = try await manager.registry.storedLogin(of: record)
            #expect(stored.refreshToken != newer.refreshToken)
            #expect(try await manager.session(named: "paper").accessToken().secret == stored.tokens?.accessToken)
            #expect(try await stage.events(manager).suffix(2) == ["late_result", "signed_in"])
        }
    }

    @Test func `a sign-in during which another process signs the user out is not called a success`() async throws {
        try await stage.withCountingStore { manager, store async throws in
            let login = try await stage.paper().login.id
            store.beforeNextCommit { [stage] in
                try await stage.withStore {
                    try await $0.eraseTokens(of: login, leaving: .new, audit: [AuditEntry(.signedOut, loginID: login)])
                }
            }
            #expect(try await signInError(manager)?.code == .loginRequired)
            #expect(try await stage.paper().state == .new)
        }
    }

    @Test func `the failure of a sign-in is reported even if the audit cannot be written`() async throws {
        try await stage.withCountingStore { manager, store async throws in
            store.fail([.audit])
            #expect(try await signInError(manager, user: 1)?.code == .wrongUser)
        }
    }

    @Test(.stage(rotate: true, opens: .nothing))
    func `a database that is busy after the browser does not waste the sign-in of a new profile`() async throws {
        try await stage.withCountingStore { manager, store async throws in
            store.keepBusy(forAdditions: 3)
            let record = try await stage.add("paper", to: manager)
            #expect(record.state == .ready)
            #expect(stage.emulator.counts.exchanges == 1)
        }
    }

    @Test(.stage(rotate: true, opens: .nothing))
    func `a new profile that cannot be stored exchanges nothing, and the audit has a row about it`() async throws {
        try await stage.withCountingStore { manager, store async throws in
            store.fail([.profile])
            #expect(await code { _ = try await stage.add("paper", to: manager) } == .storeFull)
            #expect(stage.emulator.counts.exchanges == 0)
            #expect(try await stage.events(manager) == ["sign_in_failed"])
        }
    }
}
