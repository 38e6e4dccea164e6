/// Where profiles, logins, API keys, their sealed secrets and the audit live. A port: rows in, values out, no network.
///
/// Every write carries the audit entries that belong to it; both are committed in one transaction. All methods throw
/// ``AccountsError``.
package protocol CredentialStore: Sendable {
    // MARK: Reading

    /// All profiles, by name.
    func profiles() async throws -> [ProfileRecord]

    /// The profile of that name, if there is one.
    func profile(named name: ProfileName) async throws -> ProfileRecord?

    /// The profile of that row, whatever its name is by now; nil when it was removed.
    func profile(_ id: Profile.ID) async throws -> ProfileRecord?

    /// A login with its secrets, its side file and its change stamp; nil when it does not exist.
    func login(_ id: Login.ID) async throws -> StoredLogin?

    /// The login's kept late result, whatever the login's state; nil when there is none.
    func lateResult(of login: Login.ID) async throws -> LateResult?

    /// The API key with that client id and token endpoint, and its secret.
    func apiKey(clientID: String, tokenURL: EndpointURL) async throws -> (key: APIKey, secret: Secret?)?

    // MARK: Profiles

    /// Adds a profile, and its login and key where they are new, durably.
    ///
    /// - Throws: `profile_exists`.
    func add(_ profile: NewProfile, audit: [AuditEntry]) async throws -> ProfileRecord

    /// Changes callback, client authentication, PKCE, nonce or rotation limits of a key, and its secret when `secret` is given
    /// (an empty one removes it); a refused key is given another chance. Client id and endpoints stay.
    func update(
        _ key: APIKey.ID,
        registration: ClientRegistration,
        secret: Secret?,
        audit: [AuditEntry]
    ) async throws

    /// Gives a profile another name.
    ///
    /// - Throws: `profile_exists`.
    func rename(_ profile: Profile.ID, to name: ProfileName, audit: [AuditEntry]) async throws

    /// Changes the fences of a profile, durably. What the change does not name stays as it is at that moment.
    ///
    /// - Throws: `usage`, `profile_not_found`.
    func change(_ profile: Profile.ID, _ change: FenceChange, audit: [AuditEntry]) async throws

    /// Removes a profile; with its last profile the login and its secrets go, with its last login the key goes.
    func remove(_ profile: Profile.ID, audit: [AuditEntry]) async throws

    /// Erases the tokens and the side file of a login; its state becomes `state`.
    func eraseTokens(of login: Login.ID, leaving state: Login.State, audit: [AuditEntry]) async throws

    // MARK: The refresh transaction

    /// Takes a login's lock. Nothing but this process's death or `unlock` gives it back.
    ///
    /// - Throws: `lock_timeout` after `timeoutMilliseconds`; `CancellationError`.
    func lock(_ login: Login.ID, timeoutMilliseconds: Int64) async throws -> any LoginLock

    /// T1: records that an attempt begins and readies the side file. Committed without a disk sync: it must survive
    /// a killed process, and after a power cut the answer is the same. If this throws, nothing may be sent.
    func begin(_ attempt: Attempt, of login: Login.ID, audit: [AuditEntry]) async throws

    /// Writes an answer into the side file: one plain write that needs no free space.
    func stage(_ tokens: StagedTokens, for login: Login.ID) async throws

    /// Makes the side file durable, where the database could not take its content.
    func synchronizeStaged(for login: Login.ID) async throws

    /// T2: saves new tokens by compare-and-set on the generation, durably, and ends the attempt. Failures and
    /// errors of the login and its key are forgotten; a pause that the server asked of the key stays.
    func commit(_ commit: TokenCommit, to login: Login.ID, audit: [AuditEntry]) async throws -> TokenCommit.Outcome

    /// Ends an attempt that returned no tokens, and records its failure.
    func recordFailure(_ failure: AttemptFailure, of login: Login.ID, audit: [AuditEntry]) async throws

    // MARK: Audit

    /// Adds audit rows that belong to no other write.
    func record(_ audit: [AuditEntry]) async throws

    /// Audit rows, oldest first.
    func auditRecords(_ query: AuditQuery) async throws -> [AuditRecord]

    /// Checks every row of the audit: order, hashes, keyed hashes, and that the guards are in place.
    func verifyAudit() async throws -> AuditVerification

    // MARK: Noticing

    /// The counters that show what the writers of all processes have changed.
    var changes: any ChangeCounters { get }

    // MARK: Lifetime

    /// Closes files and connections. Further calls do nothing.
    func close() async
}
