import Testing
import TradeStationModel

extension CredentialStoreContract {
    /// The board of changes.
    @Suite(.serialized) struct Noticing {
        /// What a change of a login's tokens is.
        struct Change: CustomTestStringConvertible, Sendable {
            let testDescription: String
            let make: @Sendable (any CredentialStore, Sample, ProfileRecord) async throws -> Void
        }

        private static let changes = [
            Change(testDescription: "new tokens") { store, sample, record in
                let entry = AuditEntry(.refreshSucceeded, loginID: record.login.id)
                _ = try await store.commit(sample.commit("b", after: 1), to: record.login.id, audit: [entry])
            },
            Change(testDescription: "a sign-out") { store, _, record in
                let entry = AuditEntry(.signedOut, loginID: record.login.id)
                try await store.eraseTokens(of: record.login.id, leaving: .new, audit: [entry])
            },
            Change(testDescription: "a removed profile") { store, _, record in
                try await store.remove(
                    record.profile.id,
                    audit: [AuditEntry(.profileRemoved, loginID: record.login.id)]
                )
            },
            Change(testDescription: "a refused refresh token") { store, _, record in
                var failure = AttemptFailure(code: .loginRequired)
                failure.needsLogin = true
                let entries = [
                    AuditEntry(.refreshFailed, loginID: record.login.id),
                    AuditEntry(.needsLogin, loginID: record.login.id),
                ]
                try await store.settle(failure, of: record.login.id, audit: entries)
            },
        ]

        @Test(arguments: StoreKind.all, changes)
        func `a change of tokens by another store is seen at once, for its login and no other`(
            kind: StoreKind,
            change: Change
        ) async throws {
            let (sample, store, id) = try await kind.signedIn()
            let other = try await store.add(
                try sample.profile("other", tokens: sample.tokens("o")),
                audit: [AuditEntry(.profileAdded)]
            ).login.id
            let reader = try await kind.open(sample)
            reader.changes.watch()
            let record = try #require(try await store.profile(named: ProfileName("swing")))
            let before = (reader.changes.lastChange(of: id), reader.changes.lastChange(of: other))
            try await change.make(store, sample, record)
            #expect(reader.changes.lastChange(of: id) != before.0)
            #expect(reader.changes.lastChange(of: other) == before.1)
            #expect(reader.changes.head == (try await store.auditRecords(AuditQuery()).last?.sequence))
            await store.close()
            await reader.close()
        }

        @Test(arguments: StoreKind.all)
        func `what leaves the tokens there are moves the head only`(kind: StoreKind) async throws {
            let (sample, store, id) = try await kind.signedIn()
            store.changes.watch()
            try await store.record([AuditEntry(.fenced, loginID: id)])
            let before = store.changes.lastChange(of: id)
            try await store.begin(
                sample.attempt(1),
                of: id,
                audit: [AuditEntry(.refreshStarted, loginID: id)]
            )
            try await store.settle(
                AttemptFailure(code: .serverError),
                of: id,
                audit: [AuditEntry(.refreshFailed, loginID: id)]
            )
            let record = try #require(try await store.profile(named: ProfileName("swing")))
            try await store.rename(
                record.profile.id,
                to: ProfileName("renamed"),
                audit: [AuditEntry(.profileChanged, loginID: id)]
            )
            #expect(store.changes.lastChange(of: id) == before)
            #expect(store.changes.head == 4)
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `a write that is rolled back shows nothing`(kind: StoreKind) async throws {
            let (sample, store, id) = try await kind.signedIn()
            store.changes.watch()
            try await store.record([AuditEntry(.signedIn, loginID: id)])
            let before = (store.changes.head, store.changes.lastChange(of: id))
            await #expect(throws: AccountsError.self) {
                _ = try await store.add(
                    try sample.profile("SWING", tokens: nil),
                    audit: [AuditEntry(.signedIn, loginID: id)]
                )
            }
            #expect(store.changes.head == before.0)
            #expect(store.changes.lastChange(of: id) == before.1)
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `whoever waits in the process that writes is woken by it, and by being cancelled`(
            kind: StoreKind
        ) async throws {
            let (sample, store, id) = try await kind.signedIn()
            defer { withExtendedLifetime(sample) {} }
            store.changes.watch()
            let head = store.changes.head
            let waiting = Task { await store.changes.headMoves(from: head) }
            try await store.record([AuditEntry(.fenced, loginID: id)])
            await waiting.value
            // The head has moved: there is nothing to wait for.
            await store.changes.headMoves(from: head)
            let moved = store.changes.head
            let cancelled = Task { await store.changes.headMoves(from: moved) }
            cancelled.cancel()
            await cancelled.value
            #expect(moved == 1)
            await store.close()
        }
    }
}
