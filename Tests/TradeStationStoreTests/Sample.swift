import Foundation
import Testing
import TradeStationModel
import TradeStationTesting

@testable import TradeStationStore

extension TokenCommit.Outcome {
    /// The generation that was saved; nil when a newer one had been saved meanwhile.
    var savedGeneration: Int? {
        if case .saved(let generation, _) = self { generation } else { nil }
    }

    /// The stamp of the commit; nil when a newer generation had been saved meanwhile.
    var stamp: ChangeStamp? {
        if case .saved(_, let stamp) = self { stamp } else { nil }
    }
}

/// A directory for a store, which is removed with the last reference, and values to save in the store.
final class Sample: Sendable {
    let root: String
    private let isOwner: Bool
    let memory = MemoryStore()
    let clock = TestClock()
    let identity = AuditIdentity(requester: "test", host: "host", pid: 4711, version: "1.0.0")

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "tsaccounts-\(UUID().uuidString)").path
        isOwner = true
        try FileManager.default.createDirectory(
            atPath: root,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    /// The same directory in another process, which does not remove it.
    init(root: String) throws {
        self.root = root
        isOwner = false
    }

    deinit { if isOwner { try? FileManager.default.removeItem(atPath: root) } }

    var directory: String { root + "/store" }
    var database: String { directory + "/accounts.db" }
    var key: String { directory + "/key" }
    var location: StoreLocation { StoreLocation(directory: directory) }

    func open(_ migrations: [Migration] = Migration.all, lockMilliseconds: Int = 30_000) async throws
        -> SQLiteCredentialStore
    {
        let store = try await openExisting(migrations, lockMilliseconds: lockMilliseconds)
        try await store.createIfMissing()
        return store
    }

    /// A store that is not created if it is missing.
    func openExisting(
        _ migrations: [Migration] = Migration.all,
        lockMilliseconds: Int = 30_000,
        policy: PermissionPolicy = .strict
    ) async throws -> SQLiteCredentialStore {
        try await SQLiteCredentialStore.open(
            at: location,
            identity: identity,
            clock: clock,
            random: .system,
            migrations: migrations,
            policy: policy,
            lockMilliseconds: lockMilliseconds
        )
    }

    func openInMemory(_ listener: RotationListener? = nil) async throws -> SQLiteCredentialStore {
        try await SQLiteCredentialStore.open(
            in: memory,
            identity: identity,
            clock: clock,
            random: .system,
            rotationListener: listener
        )
    }

    /// The error of opening a store that must be refused.
    func refusal(_ migrations: [Migration] = Migration.all) async throws -> AccountsError {
        try await #require(throws: AccountsError.self) { _ = try await self.open(migrations) }
    }

    func registration(_ client: String = "client") throws -> ClientRegistration {
        ClientRegistration(
            clientID: client,
            authentication: .post,
            authorizeURL: try EndpointURL("https://signin.tradestation.com/authorize"),
            tokenURL: try EndpointURL(ClientRegistration.tradeStationTokenURL),
            revokeURL: try EndpointURL("https://signin.tradestation.com/oauth/revoke")
        )
    }

    func tokens(_ name: String, lifetime: Int = 1200) -> TokenSet {
        TokenSet(
            accessToken: Secret("access-\(name)"),
            refreshToken: Secret("refresh-\(name)"),
            idToken: Secret("identity-\(name)"),
            expiresAt: clock.now().advanced(byMilliseconds: Int64(lifetime) * 1000),
            lifetimeSeconds: lifetime
        )
    }

    func profile(
        _ name: String,
        tokens: TokenSet?,
        refreshToken: Secret? = nil,
        client: String = "client",
        secret: Secret? = Secret("client-secret")
    ) throws -> NewProfile {
        NewProfile(
            name: try ProfileName(name),
            environment: .live,
            apiVersion: .v3,
            apiURL: nil,
            login: .new(
                .init(
                    key: .new(try registration(client), secret: secret),
                    scopes: "openid offline_access",
                    identity: Identity(subject: "auth0|1", username: "jane"),
                    tokens: tokens,
                    refreshToken: refreshToken
                )
            )
        )
    }

    func commit(_ name: String, after generation: Int) -> TokenCommit {
        TokenCommit(
            parentGeneration: generation,
            tokens: tokens(name),
            identity: Identity(subject: "auth0|1", username: "jane"),
            rotation: .rotating
        )
    }

    func staged(_ name: String, after generation: Int) -> StagedTokens {
        StagedTokens(
            parentGeneration: generation,
            attemptID: attempt(generation).id,
            tokens: tokens(name),
            identity: Identity(subject: "auth0|1", username: "jane"),
            rotation: .rotating
        )
    }

    func attempt(_ number: Int) -> Attempt {
        let digits = String(number, radix: 16)
        return Attempt(id: String(repeating: "0", count: 32 - digits.count) + digits, startedAt: clock.wallTime())
    }

    /// Runs one complete refresh.
    func refresh(_ store: any CredentialStore, _ login: Login.ID, from generation: Int) async throws {
        let attempt = attempt(generation + 1)
        var entry = AuditEntry(.refreshStarted, profileName: "swing", loginID: login)
        entry.attemptID = attempt.id
        try await store.begin(attempt, of: login, audit: [entry])
        try await store.stage(staged("g\(generation + 1)", after: generation), for: login)
        entry.event = .refreshSucceeded
        let outcome = try await store.commit(
            commit("g\(generation + 1)", after: generation),
            to: login,
            audit: [entry]
        )
        #expect(outcome.savedGeneration == generation + 1)
    }

    /// Writes five audit rows, of which 1, 3 and 5 concern the first login.
    func writeChain(into store: any CredentialStore) async throws {
        let id = try await store.add(
            try profile("swing", tokens: tokens("a")),
            audit: [AuditEntry(.profileAdded, profileName: "swing")]
        ).login.id
        for number in 2...5 {
            clock.advance(by: .milliseconds(1))
            var entry = AuditEntry(
                .fenced,
                profileName: "swïng",
                loginID: number % 2 == 1 ? id : nil,
                detail: ["n": "\(number)"]
            )
            entry.outcome = "no"
            try await store.record([entry])
        }
    }

    /// The output of the `sqlite3` shell.
    @discardableResult
    func shell(_ sql: String, options: [String] = []) throws -> (output: String, errors: String) {
        try run("/usr/bin/sqlite3", options + [database, sql])
    }

    func run(_ program: String, _ arguments: [String]) throws -> (output: String, errors: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (text, complaint)
    }

    func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }
}
