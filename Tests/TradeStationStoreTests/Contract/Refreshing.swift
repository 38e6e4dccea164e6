import Testing
import TradeStationModel
import TradeStationTesting

extension CredentialStoreContract {
    /// Attempts, and the compare-and-set on the generation.
    @Suite(.serialized) struct Refreshing {
        @Test(arguments: StoreKind.all) func `a commit resets failures and the refusal of the key`(kind: StoreKind)
            async throws
        {
            let (sample, store, id) = try await kind.signedIn()
            let pause = sample.clock.wallTime().advanced(byMilliseconds: 60_000)
            try await store.begin(sample.attempt(1), of: id, audit: [AuditEntry(.refreshStarted, loginID: id)])
            try await store.recordFailure(
                AttemptFailure(code: .serverError, notBefore: pause),
                of: id,
                audit: [AuditEntry(.refreshFailed, loginID: id)]
            )
            try await store.recordFailure(
                AttemptFailure(code: .clientRejected, isBadClient: true, keyNotBefore: pause),
                of: id,
                audit: []
            )
            var record = try #require(try await store.profiles().first)
            #expect(record.state == .badClient)
            #expect(record.login.failures == 2)
            #expect(record.login.lastError == "client_rejected")
            #expect(record.login.notBefore == nil)
            #expect(record.apiKey.lastError == "client_rejected")
            #expect(record.apiKey.notBefore == pause)
            #expect(record.login.attempt == nil)

            try await sample.refresh(store, id, from: 1)
            record = try #require(try await store.profiles().first)
            #expect(record.state == .ready)
            #expect(record.login.failures == 0)
            #expect(record.login.lastError == nil)
            #expect(record.apiKey.lastError == nil)
            #expect(record.login.notBefore == nil)
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `a pause of the key lasts until its end, whatever happens to its other logins`(
            kind: StoreKind
        ) async throws {
            let (sample, store, id) = try await kind.signedIn()
            let second = try await store.add(sample.profile("other", tokens: sample.tokens("o")), audit: []).login.id
            func end(after seconds: Int64) -> Timestamp {
                sample.clock.wallTime().advanced(byMilliseconds: seconds * 1000)
            }
            func pause(_ login: Login.ID, until end: Timestamp) async throws {
                try await store.recordFailure(
                    AttemptFailure(code: .rateLimited, keyNotBefore: end),
                    of: login,
                    audit: []
                )
            }
            let long = end(after: 120)
            try await pause(id, until: long)
            try await sample.refresh(store, second, from: 1)
            #expect(try await store.login(id)?.apiKey.notBefore == long)
            try await pause(second, until: end(after: 17))
            #expect(try await store.login(id)?.apiKey.notBefore == long)
            try await pause(second, until: end(after: 200))
            #expect(try await store.login(id)?.apiKey.notBefore == end(after: 200))
            // A clock that was set back can leave a pause that no server asks for.
            try await pause(second, until: end(after: 86_400))
            try await pause(second, until: end(after: 17))
            #expect(try await store.login(id)?.apiKey.notBefore == end(after: 17))
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `a failure changes no token, and can require a new sign-in`(
            kind: StoreKind
        ) async throws {
            let (sample, store, id) = try await kind.signedIn()
            try await store.recordFailure(
                AttemptFailure(code: .loginRequired, needsLogin: true),
                of: id,
                audit: [AuditEntry(.needsLogin, loginID: id)]
            )
            let stored = try #require(try await store.login(id))
            #expect(stored.login.state == .needsLogin)
            #expect(stored.tokens == sample.tokens("a"))
            #expect(stored.login.generation == 1)
            #expect(stored.login.lastError == "login_required")
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `an attempt replaces the one that a crashed process left`(kind: StoreKind)
            async throws
        {
            let (sample, store, id) = try await kind.signedIn()
            try await store.begin(sample.attempt(1), of: id, audit: [])
            try await store.begin(
                sample.attempt(2),
                of: id,
                audit: [AuditEntry(.outcomeUnknown, loginID: id), AuditEntry(.refreshStarted, loginID: id)]
            )
            #expect(try await store.login(id)?.login.attempt == sample.attempt(2))
            #expect(
                try await store.auditRecords(AuditQuery()).map { $0.text("event") } == [
                    "outcome_unknown", "refresh_started",
                ]
            )
            await store.close()
        }

        @Test(arguments: StoreKind.all, [(0, 1), (1, 1), (1200, 1200), (90_000, 86_400)])
        func `a lifetime is limited to between a second and a day`(kind: StoreKind, lifetime: (given: Int, kept: Int))
            async throws
        {
            let (sample, store, id) = try await kind.signedIn()
            var commit = sample.commit("b", after: 1)
            commit.tokens.lifetimeSeconds = lifetime.given
            _ = try await store.commit(commit, to: id, audit: [])
            #expect(try await store.login(id)?.tokens?.lifetimeSeconds == lifetime.kept)
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `a commit keeps the values that it does not name, and removes the tokens that it lacks`(
            kind: StoreKind
        ) async throws {
            let (sample, store, id) = try await kind.signedIn()
            var commit = sample.commit("b", after: 1)
            commit.identity = nil
            commit.rotation = .unknown
            commit.tokens.idToken = nil
            _ = try await store.commit(commit, to: id, audit: [])
            let stored = try #require(try await store.login(id))
            #expect(stored.login.identity == Identity(subject: "auth0|1", username: "jane"))
            #expect(stored.login.scopes == "openid offline_access")
            #expect(stored.tokens?.idToken == nil)
            #expect(stored.tokens?.accessToken == Secret("access-b"))
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `a commit that names the user binds the new tokens to that user`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            var new = try sample.profile("swing", tokens: nil, refreshToken: Secret("handed-in"))
            guard case .new(var login) = new.login else { return }
            login.identity = Identity()
            new.login = .new(login)
            let record = try await store.add(new, audit: [])
            #expect(record.login.state == .ready)
            #expect(record.login.generation == 0)
            let before = try #require(try await store.login(record.login.id))
            #expect(before.tokens == nil)
            #expect(before.refreshToken == Secret("handed-in"))
            _ = try await store.commit(sample.commit("b", after: 0), to: record.login.id, audit: [])
            let after = try #require(try await store.login(record.login.id))
            #expect(after.tokens == sample.tokens("b"))
            #expect(after.login.identity.subject == "auth0|1")
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `a cancelled task still saves`(kind: StoreKind) async throws {
            let (sample, store, id) = try await kind.signedIn()
            let commit = sample.commit("b", after: 1)
            let saving = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await store.commit(commit, to: id, audit: [AuditEntry(.refreshSucceeded, loginID: id)])
            }
            #expect(try await saving.value.savedGeneration == 2)
            #expect(try await store.login(id)?.tokens == sample.tokens("b"))
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `a commit to a login that was removed meanwhile throws`(kind: StoreKind)
            async throws
        {
            let (sample, store, id) = try await kind.signedIn()
            try await store.remove(Profile.ID(rawValue: 1), audit: [])
            let error = try await #require(throws: AccountsError.self) {
                _ = try await store.commit(sample.commit("b", after: 1), to: id, audit: [])
            }
            #expect(error.code == .profileNotFound)
            #expect(try await store.login(id) == nil)
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `a refresh goes through begin, stage and commit`(kind: StoreKind)
            async throws
        {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
            try await store.begin(sample.attempt(1), of: id, audit: [AuditEntry(.refreshStarted, loginID: id)])
            #expect(try await store.profiles().first?.state == .refreshing)
            try await store.stage(sample.staged("b", after: 1), for: id)
            #expect(try await store.login(id)?.staged == sample.staged("b", after: 1))
            let outcome = try await store.commit(
                sample.commit("b", after: 1),
                to: id,
                audit: [AuditEntry(.refreshSucceeded, loginID: id)]
            )
            #expect(outcome.savedGeneration == 2)
            let stored = try #require(try await store.login(id))
            #expect(stored.tokens == sample.tokens("b"))
            #expect(stored.staged == nil)
            #expect(stored.login.attempt == nil)
            #expect(stored.apiKey.rotation == .rotating)
            #expect(try await store.verifyAudit() == AuditVerification(rows: 2, firstBadSequence: nil, problem: nil))
            await store.close()
        }
    }
}
