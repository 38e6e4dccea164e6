/// The storage of profiles, logins, API keys, their sealed (encrypted) secrets and the audit. Never uses the network.
///
/// Every write takes the audit entries that belong to it; both are committed in one transaction. All methods throw
/// ``AccountsError``.
///
/// Two writes of a refresh have names. T1 is ``begin(_:of:audit:)``: it records the attempt before anything is sent. T2
/// is ``commit(_:to:audit:)``: it saves the new tokens. Between them, ``stage(_:for:)`` writes the answer into the side
/// file: a file beside the database that holds an answer until the database has it.
package protocol CredentialStore: Sendable {
    // MARK: Reading

    /// Returns all profiles, sorted by name. A damaged row affects only the profiles that use it.
    ///
    /// The secrets are not decrypted; ``login(_:)`` decrypts those of a login.
    func listing() async throws -> ProfileListing

    /// Returns the profile with the given name; nil if there is none.
    func profile(named name: ProfileName) async throws -> ProfileRecord?

    /// Returns the profile with the given id, even if it was renamed meanwhile; nil if it was removed.
    func profile(_ id: Profile.ID) async throws -> ProfileRecord?

    /// A login with its secrets, its side file and its change stamp; nil when it does not exist.
    func login(_ id: Login.ID) async throws -> StoredLogin?

    /// A profile whose login has this refresh token now, or had it in an earlier generation; nil if no login does.
    /// Erased tokens are not found.
    func profile(withRefreshToken token: Secret) async throws -> ProfileName?

    /// Returns the late result of a login, whatever state the login is in; nil if it has none.
    func lateResult(of login: Login.ID) async throws -> LateResult?

    /// Returns the API key with the given client id and token endpoint, and its secret; nil if there is none.
    func apiKey(clientID: String, tokenURL: EndpointURL) async throws -> (key: APIKey, secret: Secret?)?

    // MARK: Profiles

    /// Creates the store, unless it exists. Until then, all other methods throw `store_missing`.
    func createIfMissing() async throws

    /// Adds a profile durably, together with its login and key if they are new.
    ///
    /// If a key with the same client id and token endpoint is already stored, that key is used.
    ///
    /// - Throws: `profile_exists`; `usage` if the stored key has another registration or secret; `profile_not_found` if
    ///   an existing login or key was removed meanwhile.
    func add(_ profile: NewProfile, audit: [AuditEntry]) async throws -> ProfileRecord

    /// Changes the callback, client authentication, PKCE, nonce or rotation limits of a key, and its secret unless
    /// `secret` is nil; an empty secret removes it. If the server had refused the key, the key is used again.
    ///
    /// - Throws: `usage` if the client id or an endpoint would change, because tokens are bound to them;
    ///   `profile_not_found`.
    func update(
        _ key: APIKey.ID,
        registration: ClientRegistration,
        secret: Secret?,
        audit: [AuditEntry]
    ) async throws

    /// Renames a profile.
    ///
    /// - Throws: `profile_exists`, `profile_not_found`.
    func rename(_ profile: Profile.ID, to name: ProfileName, audit: [AuditEntry]) async throws

    /// Changes the fences of a profile (limits on what it may do), durably. A nil property of the change keeps the
    /// stored value.
    ///
    /// - Throws: `usage`, `profile_not_found`.
    func change(_ profile: Profile.ID, _ change: FenceChange, audit: [AuditEntry]) async throws

    /// Removes a profile. Removing the last profile of a login also removes the login and its secrets; removing the
    /// last login of a key also removes the key.
    ///
    /// - Throws: `profile_not_found`.
    func remove(_ profile: Profile.ID, audit: [AuditEntry]) async throws

    /// Makes it possible to sign in again on a damaged login. Impossible values of its row are replaced, secrets that
    /// cannot be decrypted are removed, and its state becomes `needs_login`. The user is kept only if one of the
    /// secrets can be decrypted, which proves who the user is.
    ///
    /// - Returns: false if nothing of the login is damaged; nothing is written then.
    /// - Throws: `record_tampered` if the profile or its API key is damaged, because a new sign-in does not mend these;
    ///   `profile_not_found`.
    func mendLogin(of profile: ProfileName) async throws -> Bool

    /// Erases the tokens, the late result and the side file of a login, and changes its state to `state`. The
    /// generation grows by one, so the answer to an exchange that is still running is not saved as the login's tokens.
    ///
    /// - Throws: `profile_not_found`.
    func eraseTokens(of login: Login.ID, leaving state: Login.State, audit: [AuditEntry]) async throws

    /// Copies the database and its key into a new directory, which appears when the copy is complete.
    ///
    /// - Throws: `cannot_create` if the directory exists; `usage` if the store is in memory.
    func backUp(to directory: String) async throws

    // MARK: The refresh transaction

    /// Takes a login's lock, which is held until `unlock()` or the end of this process.
    ///
    /// - Parameter timeoutMilliseconds: how long to wait while another caller holds the lock. At zero or less, the lock
    ///   is tried once.
    /// - Throws: `lock_timeout`, naming the process that holds the lock; `CancellationError`.
    func lock(_ login: Login.ID, timeoutMilliseconds: Int64) async throws -> any LoginLock

    /// T1: records that an attempt starts, and prepares the side file. If it throws, nothing may be sent.
    ///
    /// The record is committed without a disk sync. It survives a killed process, but may be lost in a power cut. Its
    /// loss changes nothing, because the same token is sent again either way.
    ///
    /// - Throws: `profile_not_found`, `store_full`, `store_busy`, `store_readonly`.
    func begin(_ attempt: Attempt, of login: Login.ID, audit: [AuditEntry]) async throws

    /// Prepares the side file for the exchange of a sign-in, which has no T1. If it throws, nothing may be sent.
    ///
    /// - Throws: `profile_not_found`, `store_full`, `store_readonly`.
    func prepareStaging(for login: Login.ID) async throws

    /// Writes an answer into the side file, as one plain write into space that was reserved before. If
    /// ``begin(_:of:audit:)`` was called before, this method does not use the database.
    func stage(_ tokens: StagedTokens, for login: Login.ID) async throws

    /// Syncs the side file to disk, for an answer that could not be committed.
    ///
    /// - Throws: `store_corrupt` if the side file holds no complete answer; `store_full` and others if the disk fails.
    func synchronizeStaged(for login: Login.ID) async throws

    /// T2: saves new tokens durably, if the stored generation is still their `parentGeneration`, and ends the attempt.
    /// It resets the failures of the login and its key; a pause that the server asked for stays in effect.
    ///
    /// If the stored generation is older than `parentGeneration`, older rows or an older database were restored
    /// meanwhile, and the tokens are saved all the same. If a newer generation has been saved meanwhile, the tokens are
    /// kept sealed as a late result, and the first audit entry becomes a `late_result` row. If the tokens are saved, an
    /// earlier late result is removed.
    ///
    /// - Throws: `profile_not_found` if the login was removed meanwhile; `store_full`, `store_busy`.
    func commit(_ commit: TokenCommit, to login: Login.ID, audit: [AuditEntry]) async throws -> TokenCommit.Outcome

    /// Ends an attempt that returned no tokens, and records its failure. Like T1, this write is committed without a
    /// disk sync.
    func recordFailure(_ failure: AttemptFailure, of login: Login.ID, audit: [AuditEntry]) async throws

    // MARK: Audit

    /// Adds audit rows that belong to no other write, durably.
    func record(_ audit: [AuditEntry]) async throws

    /// The audit rows that match a query, from oldest to newest.
    func auditRecords(_ query: AuditQuery) async throws -> [AuditRecord]

    /// Checks the order, hashes and keyed hashes of all audit rows, the whole schema, and the structure of the database
    /// file.
    ///
    /// If only the newest rows were removed, the check passes: such a removal shows only in a comparison with a
    /// copy kept elsewhere.
    func verifyAudit() async throws -> AuditVerification

    // MARK: Change notification

    /// The counters that show what the writers of all processes have changed.
    var changes: any ChangeCounters { get }

    // MARK: Quotas

    /// What the processes know about the rate limits of the logins.
    var quotas: any QuotaBoard { get }

    // MARK: Lifetime

    /// Closes files and connections. Further calls do nothing.
    func close() async
}

extension CredentialStore {
    /// Returns the profiles that can be used, sorted by name.
    package func profiles() async throws -> [ProfileRecord] { try await listing().profiles }
}

/// The exclusive right to exchange a login's refresh token, across all processes. The kernel releases it when the
/// process that holds it dies.
package protocol LoginLock: Sendable {
    /// Releases the lock. Further calls do nothing.
    func unlock()
}
