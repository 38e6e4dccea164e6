import Synchronization
import TradeStationModel

@testable import TradeStationSessions

/// A store that counts how often it is asked for a login's tokens, can hold its answers back or fail, and tells of calls.
final class CountingStore: CredentialStore {
    /// The calls of which it tells.
    enum Call {
        /// A login was read, and the answer is held back.
        case heldLogin
        /// An attempt is to be recorded.
        case begin
        /// Tokens are to be committed, and the commit is held back.
        case heldCommit
    }

    /// The writes that can be made to fail, as a full disk would.
    enum Write {
        case sideFile, sideFileSync, commit, profile, audit
    }

    private let store: any CredentialStore
    private let reads = Atomic<Int>(0)
    private let gate = Mutex<AsyncStream<Never>?>(nil)
    private let commitGate = Mutex<AsyncStream<Never>?>(nil)

    private let failing = Mutex<Set<Write>>([])
    private let busyAdditions = Mutex(0)
    private let commitObserver = Mutex<(@Sendable () async throws -> Void)?>(nil)

    private let calls = AsyncStream.makeStream(of: Call.self)

    init(_ store: any CredentialStore) {
        self.store = store
    }

    /// Returns once the store has been called in this way since the last time a test waited.
    func wait(for wanted: Call) async {
        for await call in calls.stream where call == wanted { return }
    }

    /// Lets these writes fail from now on, and no others.
    func fail(_ writes: Set<Write>) { failing.withLock { $0 = writes } }

    /// Lets the next additions of a profile fail because another program uses the database.
    func keepBusy(forAdditions count: Int) { busyAdditions.withLock { $0 = count } }

    /// Runs `body` before the next commit, as another process would.
    func beforeNextCommit(_ body: @escaping @Sendable () async throws -> Void) {
        commitObserver.withLock { $0 = body }
    }

    private func require(_ write: Write) throws {
        guard !failing.withLock({ $0.contains(write) }) else {
            throw AccountsError(.storeFull, "The test's disk is full.")
        }
    }

    var loginReads: Int { reads.load(ordering: .relaxed) }

    var changes: any ChangeCounters { store.changes }
    var quotas: any QuotaBoard { store.quotas }

    func login(_ id: Login.ID) async throws -> StoredLogin? {
        reads.add(1, ordering: .relaxed)
        let login = try await store.login(id)
        if let gate = gate.withLock({ $0 }) {
            calls.continuation.yield(.heldLogin)
            for await _ in gate {}
        }
        return login
    }

    /// Holds back what is read from now on, until the returned closure is called.
    func hold() -> @Sendable () -> Void {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        gate.withLock { $0 = stream }
        return { [self] in
            gate.withLock { $0 = nil }
            continuation.finish()
        }
    }

    /// Holds back commits from now on, until the returned closure is called.
    func holdCommits() -> @Sendable () -> Void {
        let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
        commitGate.withLock { $0 = stream }
        return { continuation.finish() }
    }

    func lateResult(of login: Login.ID) async throws -> LateResult? { try await store.lateResult(of: login) }

    func listing() async throws -> ProfileListing { try await store.listing() }

    func profile(withRefreshToken token: Secret) async throws -> ProfileName? {
        try await store.profile(withRefreshToken: token)
    }

    func mendLogin(of profile: ProfileName) async throws -> Bool { try await store.mendLogin(of: profile) }

    func profile(named name: ProfileName) async throws -> ProfileRecord? { try await store.profile(named: name) }

    func profile(_ id: Profile.ID) async throws -> ProfileRecord? { try await store.profile(id) }

    func apiKey(clientID: String, tokenURL: EndpointURL) async throws -> (key: APIKey, secret: Secret?)? {
        try await store.apiKey(clientID: clientID, tokenURL: tokenURL)
    }

    func createIfMissing() async throws { try await store.createIfMissing() }

    func add(_ profile: NewProfile, audit: [AuditEntry]) async throws -> ProfileRecord {
        try require(.profile)
        let isBusy = busyAdditions.withLock { count in
            defer { count = max(0, count - 1) }
            return count > 0
        }
        guard !isBusy else { throw AccountsError(.storeBusy, "Another program uses the test's database.") }
        return try await store.add(profile, audit: audit)
    }

    func update(
        _ key: APIKey.ID,
        registration: ClientRegistration,
        secret: Secret?,
        audit: [AuditEntry]
    ) async throws {
        try await store.update(key, registration: registration, secret: secret, audit: audit)
    }

    func rename(_ profile: Profile.ID, to name: ProfileName, audit: [AuditEntry]) async throws {
        try await store.rename(profile, to: name, audit: audit)
    }

    func change(_ profile: Profile.ID, _ change: FenceChange, audit: [AuditEntry]) async throws {
        try await store.change(profile, change, audit: audit)
    }

    func remove(_ profile: Profile.ID, audit: [AuditEntry]) async throws {
        try await store.remove(profile, audit: audit)
    }

    func eraseTokens(of login: Login.ID, leaving state: Login.State, audit: [AuditEntry]) async throws {
        try await store.eraseTokens(of: login, leaving: state, audit: audit)
    }

    func lock(_ login: Login.ID, timeoutMilliseconds: Int64) async throws -> any LoginLock {
        try await store.lock(login, timeoutMilliseconds: timeoutMilliseconds)
    }

    func begin(_ attempt: Attempt, of login: Login.ID, audit: [AuditEntry]) async throws {
        calls.continuation.yield(.begin)
        try await store.begin(attempt, of: login, audit: audit)
    }

    func prepareStaging(for login: Login.ID) async throws { try await store.prepareStaging(for: login) }

    func stage(_ tokens: StagedTokens, for login: Login.ID) async throws {
        try require(.sideFile)
        try await store.stage(tokens, for: login)
    }

    func synchronizeStaged(for login: Login.ID) async throws {
        try require(.sideFileSync)
        try await store.synchronizeStaged(for: login)
    }

    func commit(_ commit: TokenCommit, to login: Login.ID, audit: [AuditEntry]) async throws -> TokenCommit.Outcome {
        try require(.commit)
        try await commitObserver.withLock { $0.take() }?()
        if let gate = commitGate.withLock({ $0 }) {
            calls.continuation.yield(.heldCommit)
            for await _ in gate {}
        }
        return try await store.commit(commit, to: login, audit: audit)
    }

    func recordFailure(_ failure: AttemptFailure, of login: Login.ID, audit: [AuditEntry]) async throws {
        try await store.recordFailure(failure, of: login, audit: audit)
    }

    func record(_ audit: [AuditEntry]) async throws {
        try require(.audit)
        try await store.record(audit)
    }

    func auditRecords(_ query: AuditQuery) async throws -> [AuditRecord] { try await store.auditRecords(query) }

    func backUp(to directory: String) async throws { try await store.backUp(to: directory) }

    func verifyAudit() async throws -> AuditVerification { try await store.verifyAudit() }

    func close() async { await store.close() }
}

extension SessionStage {
    /// Another manager, on a store that counts.
    func withCountingStore<Value: Sendable>(
        timeout: Duration = .seconds(30),
        _ body: (SessionManager, CountingStore) async throws -> Value
    ) async throws -> Value {
        var configuration = SessionConfiguration(storeDirectory: directory)
        configuration.clock = clock
        configuration.timeout = timeout
        return try await withStore { store in
            let store = CountingStore(store)
            let manager = SessionManager(store: store, configuration: configuration)
            do {
                let value = try await body(manager, store)
                await manager.close()
                return value
            } catch {
                await manager.close()
                throw error
            }
        }
    }
}
