import Testing
import TradeStationModel
import TradeStationTesting

extension CredentialStoreContract {
    /// When the refresh tokens and sign-ins of rotating keys end.
    @Suite(.serialized) struct Deadlines {
        private static let idle: Int64 = 1_800_000
        private static let day: Int64 = 86_400_000

        @Test(arguments: StoreKind.all) func `a key without known rotation has no deadlines`(kind: StoreKind)
            async throws
        {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let record = try await store.add(sample.profile("swing", tokens: sample.tokens("a")), audit: [])
            #expect(record.login.signedInAt == sample.clock.wallTime())
            #expect(record.login.refreshExpiresAt == nil)
            #expect(record.login.absoluteExpiresAt == nil)
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `the end of a rotated token counts from its exchange, the end of the sign-in from the sign-in`(
            kind: StoreKind
        )
            async throws
        {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let start = sample.clock.wallTime()
            let id = try await store.add(sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
            sample.clock.advance(by: .milliseconds(900000))
            try await sample.refresh(store, id, from: 1)
            let login = try #require(try await store.login(id)).login
            #expect(login.refreshExpiresAt == start.advanced(byMilliseconds: 900_000 + Self.idle))
            #expect(login.absoluteExpiresAt == start.advanced(byMilliseconds: Self.day))
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `rotation that one login shows applies to all logins of the key`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let start = sample.clock.wallTime()
            let first = try await store.add(sample.profile("a", tokens: sample.tokens("a")), audit: []).login.id
            let second = try await store.add(sample.profile("b", tokens: sample.tokens("b")), audit: []).login.id
            let handedIn = try await store.add(
                sample.profile("c", tokens: nil, refreshToken: Secret("unused")),
                audit: []
            ).login.id
            let otherKey = try await store.add(
                sample.profile("d", tokens: sample.tokens("d"), client: "other"),
                audit: []
            ).login.id
            sample.clock.advance(by: .milliseconds(60000))
            try await sample.refresh(store, first, from: 1)
            let learned = try #require(try await store.login(second)).login
            #expect(learned.refreshExpiresAt == start.advanced(byMilliseconds: Self.idle))
            #expect(learned.absoluteExpiresAt == start.advanced(byMilliseconds: Self.day))
            let unknown = try #require(try await store.login(handedIn)).login
            #expect(unknown.refreshExpiresAt == nil)
            #expect(unknown.absoluteExpiresAt == start.advanced(byMilliseconds: Self.day))
            #expect(try await store.login(otherKey)?.login.absoluteExpiresAt == nil)
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `a key that stops rotating no longer has deadlines`(kind: StoreKind)
            async throws
        {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let id = try await store.add(sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
            try await sample.refresh(store, id, from: 1)
            var commit = sample.commit("c", after: 2)
            commit.rotation = .static
            _ = try await store.commit(commit, to: id, audit: [])
            let login = try #require(try await store.login(id)).login
            #expect(login.refreshExpiresAt == nil)
            #expect(login.absoluteExpiresAt == nil)
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `a new sign-in restarts the lifetime of the sign-in, and a refresh does not`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let id = try await store.add(sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
            try await sample.refresh(store, id, from: 1)
            sample.clock.advance(by: .milliseconds(7200000))
            let again = sample.clock.wallTime()
            var commit = sample.commit("b", after: 2)
            commit.isSignIn = true
            commit.rotation = .unknown
            _ = try await store.commit(commit, to: id, audit: [])
            let login = try #require(try await store.login(id)).login
            #expect(login.signedInAt == again)
            #expect(login.absoluteExpiresAt == again.advanced(byMilliseconds: Self.day))
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `changed limits apply at once and survive reopening, and 0 means no limit`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let record = try await store.add(sample.profile("swing", tokens: sample.tokens("a")), audit: [])
            try await sample.refresh(store, record.login.id, from: 1)
            let issued = sample.clock.wallTime()
            var registration = record.apiKey.registration
            registration.rotationLimits = RotationLimits(idleSeconds: 2400, absoluteSeconds: 0)
            try await store.update(record.apiKey.id, registration: registration, secret: nil, audit: [])
            await store.close()
            let reopened = try await kind.open(sample)
            let changed = try #require(try await reopened.login(record.login.id))
            #expect(changed.apiKey.registration.rotationLimits == registration.rotationLimits)
            #expect(changed.login.refreshExpiresAt == issued.advanced(byMilliseconds: 2_400_000))
            #expect(changed.login.absoluteExpiresAt == nil)
            await reopened.close()
        }

        @Test(arguments: StoreKind.all)
        func `a refresh token ends with its sign-in at the latest, and a refusal removes its deadline`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let record = try await store.add(sample.profile("swing", tokens: sample.tokens("a")), audit: [])
            let id = record.login.id
            var registration = record.apiKey.registration
            registration.rotationLimits = RotationLimits(idleSeconds: 1800, absoluteSeconds: 600)
            try await store.update(record.apiKey.id, registration: registration, secret: nil, audit: [])
            try await sample.refresh(store, id, from: 1)
            let capped = try #require(try await store.login(id)).login
            #expect(capped.refreshExpiresAt == capped.absoluteExpiresAt)
            #expect(capped.absoluteExpiresAt != nil)
            try await store.recordFailure(AttemptFailure(code: .loginRequired, needsLogin: true), of: id, audit: [])
            let refused = try #require(try await store.login(id)).login
            #expect(refused.state == .needsLogin)
            #expect(refused.refreshExpiresAt == nil)
            #expect(refused.absoluteExpiresAt == nil)
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `limits that were set count from the sign-in, also before a refresh shows that the key rotates`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let start = sample.clock.wallTime()
            let record = try await store.add(sample.profile("swing", tokens: sample.tokens("a")), audit: [])
            sample.clock.advance(by: .milliseconds(90_000))
            var registration = record.apiKey.registration
            registration.rotationLimits = RotationLimits(idleSeconds: 60, absoluteSeconds: 3600)
            try await store.update(record.apiKey.id, registration: registration, secret: nil, audit: [])
            let changed = try #require(try await store.profiles().first)
            #expect(changed.login.refreshExpiresAt == start.advanced(byMilliseconds: 60_000))
            #expect(changed.login.absoluteExpiresAt == start.advanced(byMilliseconds: 3_600_000))
            #expect(changed.state(at: sample.clock.wallTime()) == .degraded)
            // An exchange shows that the sign-in has not ended, and that the key does not rotate.
            var commit = sample.commit("b", after: 1)
            commit.rotation = .static
            _ = try await store.commit(commit, to: record.login.id, audit: [])
            let refreshed = try #require(try await store.profiles().first)
            #expect(refreshed.login.refreshExpiresAt == nil)
            #expect(refreshed.state(at: sample.clock.wallTime()) == .ready)
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `an exchange after the end of a sign-in shows that it lasts longer`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let id = try await store.add(sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
            try await sample.refresh(store, id, from: 1)
            #expect(try await store.login(id)?.login.absoluteExpiresAt != nil)
            sample.clock.advance(by: .milliseconds(Self.day))
            let issued = sample.clock.wallTime()
            try await sample.refresh(store, id, from: 2)
            let login = try #require(try await store.login(id)).login
            #expect(login.absoluteExpiresAt == nil)
            #expect(login.refreshExpiresAt == issued.advanced(byMilliseconds: Self.idle))
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `a failed login stays degraded while its next attempt runs`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let id = try await store.add(sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
            try await store.recordFailure(AttemptFailure(code: .serverError), of: id, audit: [])
            try await store.begin(sample.attempt(2), of: id, audit: [])
            #expect(try await store.profiles().map(\.state) == [.degraded])
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `erasing tokens removes their deadlines`(kind: StoreKind)
            async throws
        {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let id = try await store.add(sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
            try await sample.refresh(store, id, from: 1)
            try await store.eraseTokens(of: id, leaving: .new, audit: [])
            let login = try #require(try await store.login(id)).login
            #expect(login.signedInAt == nil)
            #expect(login.refreshExpiresAt == nil)
            #expect(login.absoluteExpiresAt == nil)
            await store.close()
        }
    }
}
