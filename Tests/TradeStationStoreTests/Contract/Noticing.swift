import Testing
import TradeStationModel

extension CredentialStoreContract {
    /// The change counters.
    @Suite(.serialized) struct Noticing {
        /// A kind of change to a login's tokens.
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
                try await store.recordFailure(failure, of: record.login.id, audit: entries)
            },
        ]

        @Test(arguments: StoreKind.all, changes)
        func `a change of tokens by another store changes the stamp of that login only`(
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
            let before = (reader.changes.stamp(of: id), reader.changes.stamp(of: other))
            try await change.make(store, sample, record)
            #expect(reader.changes.stamp(of: id) != before.0)
            #expect(reader.changes.stamp(of: other) == before.1)
            #expect(reader.changes.head == (try await store.auditRecords(AuditQuery()).last?.sequence))
            await store.close()
            await reader.close()
        }

        @Test(arguments: StoreKind.all)
        func `an event that keeps the tokens moves the head and no stamp`(kind: StoreKind) async throws {
            let (sample, store, id) = try await kind.signedIn()
            store.changes.watch()
            try await store.record([AuditEntry(.fenced, loginID: id)])
            let before = store.changes.stamp(of: id)
            try await store.begin(
                sample.attempt(1),
                of: id,
                audit: [AuditEntry(.refreshStarted, loginID: id)]
            )
            try await store.recordFailure(
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
            #expect(store.changes.stamp(of: id) == before)
            #expect(store.changes.head == 4)
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `the stamp of a commit is the login's stamp until another store changes the login`(
            kind: StoreKind
        ) async throws {
            let (sample, store, id) = try await kind.signedIn()
            let other = try await kind.open(sample)
            store.changes.watch()
            let before = try #require(try await store.login(id)).stamp
            let entry = AuditEntry(.refreshSucceeded, loginID: id)
            let outcome = try await store.commit(sample.commit("b", after: 1), to: id, audit: [entry])
            #expect(outcome.stamp == store.changes.stamp(of: id))
            #expect(outcome.stamp != before)
            #expect(try await store.login(id)?.stamp == outcome.stamp)

            try await other.eraseTokens(of: id, leaving: .new, audit: [AuditEntry(.signedOut, loginID: id)])
            #expect(store.changes.stamp(of: id) != outcome.stamp)
            #expect(try await store.login(id)?.stamp == store.changes.stamp(of: id))
            await store.close()
            await other.close()
        }

        @Test(arguments: StoreKind.all)
        func `every concurrent commit returns a stamp of its own, and only the last one is current`(
            kind: StoreKind
        ) async throws {
            let (sample, store, id) = try await kind.signedIn()
            let stores = [store, try await kind.open(sample), try await kind.open(sample)]
            for store in stores { store.changes.watch() }
            let stamps = try await withThrowingTaskGroup(of: [Int: ChangeStamp].self) { group in
                for store in stores {
                    group.addTask {
                        var stamps: [Int: ChangeStamp] = [:]
                        for _ in 1...20 {
                            guard let generation = try await store.login(id)?.login.generation else { continue }
                            let entry = AuditEntry(.refreshSucceeded, loginID: id)
                            let commit = sample.commit("b", after: generation)
                            let outcome = try await store.commit(commit, to: id, audit: [entry])
                            if case .saved(let saved, let stamp) = outcome { stamps[saved] = stamp }
                        }
                        return stamps
                    }
                }
                return try await group.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
            }
            #expect(Set(stamps.values).count == stamps.count)
            let stored = try #require(try await store.login(id))
            #expect(stamps[stored.login.generation] == stored.stamp)
            for store in stores { await store.close() }
        }

        @Test(arguments: StoreKind.all)
        func `a write that is rolled back changes no counter`(kind: StoreKind) async throws {
            let (sample, store, id) = try await kind.signedIn()
            store.changes.watch()
            try await store.record([AuditEntry(.signedIn, loginID: id)])
            let before = (store.changes.head, store.changes.stamp(of: id))
            await #expect(throws: AccountsError.self) {
                _ = try await store.add(
                    try sample.profile("SWING", tokens: nil),
                    audit: [AuditEntry(.signedIn, loginID: id)]
                )
            }
            #expect(store.changes.head == before.0)
            #expect(store.changes.stamp(of: id) == before.1)
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `a write in the same process ends the wait for the head, and so does cancellation`(
            kind: StoreKind
        ) async throws {
            let (sample, store, id) = try await kind.signedIn()
            defer { withExtendedLifetime(sample) {} }
            store.changes.watch()
            let head = store.changes.head
            let waiting = Task { await store.changes.waitForHead(toMoveFrom: head) }
            try await store.record([AuditEntry(.fenced, loginID: id)])
            await waiting.value
            // The head has already moved: this returns at once.
            await store.changes.waitForHead(toMoveFrom: head)
            let moved = store.changes.head
            let cancelled = Task { await store.changes.waitForHead(toMoveFrom: moved) }
            cancelled.cancel()
            await cancelled.value
            #expect(moved == 1)
            await store.close()
        }
    }
}
