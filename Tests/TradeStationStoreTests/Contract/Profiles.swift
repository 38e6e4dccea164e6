import Testing
import TradeStationModel

extension CredentialStoreContract {
    /// Profiles, logins and keys.
    @Suite(.serialized) struct Profiles {
        @Test(arguments: StoreKind.all) func `a name that differs only in case is already taken`(kind: StoreKind)
            async throws
        {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let first = try await store.add(try sample.profile("swing", tokens: nil), audit: [])
            #expect(first.state == .new)
            let error = try await #require(throws: AccountsError.self) {
                _ = try await store.add(try sample.profile("SWING", tokens: nil, client: "two"), audit: [])
            }
            #expect(error.code == .profileExists)
            #expect(error.profile == "SWING")
            let tokenURL = first.apiKey.registration.tokenURL
            #expect(try await store.apiKey(clientID: "two", tokenURL: tokenURL) == nil)
            let second = try await store.add(try sample.profile("other", tokens: nil), audit: [])
            let clash = try await #require(throws: AccountsError.self) {
                try await store.rename(second.profile.id, to: ProfileName("Swing"), audit: [])
            }
            #expect(clash.code == .profileExists)
            try await store.rename(first.profile.id, to: ProfileName("SWING"), audit: [AuditEntry(.profileChanged)])
            #expect(try await store.profiles().map(\.name.text) == ["other", "SWING"])
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `a known key is reused, and another secret for it is refused`(
            kind: StoreKind
        )
            async throws
        {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let first = try await store.add(try sample.profile("one", tokens: nil), audit: [])
            let second = try await store.add(try sample.profile("two", tokens: nil), audit: [])
            #expect(second.apiKey == first.apiKey)
            #expect(second.login.id != first.login.id)
            let error = try await #require(throws: AccountsError.self) {
                _ = try await store.add(try sample.profile("three", tokens: nil, secret: Secret("other")), audit: [])
            }
            #expect(error.code == .usage)
            #expect(error.suggestion == "tsaccounts set NAME --secret-file FILE")
            let tokenURL = first.apiKey.registration.tokenURL
            let known = try #require(try await store.apiKey(clientID: "client", tokenURL: tokenURL))
            #expect(known.key == first.apiKey)
            #expect(known.secret == Secret("client-secret"))
            #expect(try await store.apiKey(clientID: "nobody", tokenURL: tokenURL) == nil)
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `updating a key changes its settings and secret, and lets a refused key be tried again`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let record = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: [])
            let (id, key) = (record.login.id, record.apiKey.id)
            try await store.recordFailure(AttemptFailure(code: .clientRejected, isBadClient: true), of: id, audit: [])
            var registration = record.apiKey.registration
            registration.redirectURI = "http://localhost:3000"
            registration.usesNonce = false
            registration.authentication = .basic
            try await store.update(
                key,
                registration: registration,
                secret: Secret("new"),
                audit: [AuditEntry(.profileChanged)]
            )
            var stored = try #require(try await store.login(id))
            #expect(stored.apiKey.registration == registration)
            #expect(stored.apiKey.state == .ready)
            #expect(stored.clientSecret == Secret("new"))
            #expect(stored.tokens == sample.tokens("a"))

            try await store.update(key, registration: registration, secret: nil, audit: [])
            #expect(try await store.login(id)?.clientSecret == Secret("new"))
            registration.authentication = .none
            try await store.update(key, registration: registration, secret: Secret(""), audit: [])
            stored = try #require(try await store.login(id))
            #expect(stored.clientSecret == nil)
            #expect(stored.apiKey.registration.authentication == ClientAuthentication.none)

            registration.tokenURL = try EndpointURL("https://other.example/token")
            let moved = registration
            let error = try await #require(throws: AccountsError.self) {
                try await store.update(key, registration: moved, secret: nil, audit: [])
            }
            #expect(error.code == .usage)
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `fences and hosts are read back as they were written`(kind: StoreKind)
            async throws
        {
            let sample = try Sample()
            let store = try await kind.open(sample)
            var new = try sample.profile("swing", tokens: nil)
            new.isReadOnly = true
            new.accounts = ["SIM1", "SIM2"]
            new.environment = .sim
            new.apiURL = try EndpointURL("http://127.0.0.1:8080")
            let record = try await store.add(new, audit: [])
            #expect(record.profile.accounts == ["SIM1", "SIM2"])
            #expect(record.profile.isReadOnly)
            #expect(record.profile.apiURL == new.apiURL)
            #expect(try await store.profile(named: new.name) == record)
            for accounts in [[], [""], ["A B"]] {
                new.name = try ProfileName("fenced")
                new.accounts = accounts
                let refused = new
                let error = try await #require(throws: AccountsError.self) {
                    _ = try await store.add(refused, audit: [])
                }
                #expect(error.code == .usage)
            }
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `a change of fences keeps what it does not name, and writes its audit row`(
            kind: StoreKind
        ) async throws {
            let (sample, store, _) = try await kind.signedIn()
            defer { withExtendedLifetime(sample) {} }
            let id = try #require(try await store.profiles().first).profile.id
            let changed = AuditEntry(.profileChanged, profileName: "swing")
            try await store.change(id, FenceChange(accounts: .only(["SIM2", "SIM1"])), audit: [changed])
            try await store.change(id, FenceChange(isReadOnly: true), audit: [changed])
            var profile = try #require(try await store.profile(id)).profile
            #expect(profile.isReadOnly)
            #expect(profile.accounts == ["SIM2", "SIM1"])
            let refusal = try await #require(throws: AccountsError.self) {
                try await store.change(id, FenceChange(isReadOnly: false, accounts: .only(["A B"])), audit: [changed])
            }
            #expect(refusal.code == .usage)
            try await store.change(id, FenceChange(accounts: .any), audit: [changed])
            profile = try #require(try await store.profile(id)).profile
            #expect(profile.isReadOnly)
            #expect(profile.accounts == nil)
            #expect(try await store.auditRecords(AuditQuery()).count == 3)
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `a renamed profile is found by its id until it is removed`(
            kind: StoreKind
        ) async throws {
            let (sample, store, _) = try await kind.signedIn()
            defer { withExtendedLifetime(sample) {} }
            let id = try #require(try await store.profiles().first).profile.id
            try await store.rename(id, to: ProfileName("swong"), audit: [])
            #expect(try await store.profile(id)?.name.text == "swong")
            try await store.remove(id, audit: [])
            #expect(try await store.profile(id) == nil)
            let gone = try await #require(throws: AccountsError.self) {
                try await store.change(id, FenceChange(isReadOnly: true), audit: [])
            }
            #expect(gone.code == .profileNotFound)
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `an added profile is read back, also after closing and reopening`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let added = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: [])
            #expect(added.state == .ready)
            #expect(added.login.generation == 1)
            await store.close()

            let again = try await kind.open(sample)
            #expect(try await again.profiles() == [added])
            #expect(try await again.profile(named: ProfileName("SWING")) == added)
            #expect(try await again.profile(named: ProfileName("other")) == nil)
            let stored = try #require(try await again.login(added.login.id))
            #expect(stored.tokens == sample.tokens("a"))
            #expect(stored.refreshToken == Secret("refresh-a"))
            #expect(stored.clientSecret == Secret("client-secret"))
            #expect(stored.staged == nil)
            #expect(stored.apiKey.registration == (try sample.registration()))
            await again.close()
        }
    }
}
