/// One user's grant to one API key. Refresh, lock, rotation and deadlines belong to the login, not to the profile:
/// two profiles on one login share one refresh.
public struct Login: Hashable, Sendable {
    /// The row it is kept in. Never reused.
    public struct ID: RawRepresentable, Hashable, Sendable {
        /// The row id.
        public let rawValue: Int64
        /// An id by its row id.
        public init(rawValue: Int64) { self.rawValue = rawValue }
    }

    /// The facts that are stored. What people see also knows about attempts and failures: ``ProfileState``.
    public enum State: String, Hashable, Sendable {
        /// Nobody has signed in yet, or the tokens were erased.
        case new
        /// There are tokens.
        case ready
        /// The server said that the refresh token is no good.
        case needsLogin = "needs_login"
        /// Set aside: nothing is sent until a person has looked.
        case held
    }

    /// The row it is kept in.
    public let id: ID
    /// The key the grant was given to.
    public var apiKeyID: APIKey.ID
    /// Who signed in, as far as known.
    public var identity: Identity
    /// The scopes asked for at sign-in, separated by spaces.
    public var scopes: String
    /// The stored state.
    public var state: State
    /// How many token sets there have been.
    public var generation: Int
    /// When the access token ends, by the wall clock.
    public var accessExpiresAt: Timestamp?
    /// When the user signed in: what the end of the sign-in counts from.
    public var signedInAt: Timestamp?
    /// When the refresh token ends, if it is known to end.
    public var refreshExpiresAt: Timestamp?
    /// When the whole sign-in ends, if it is known to end.
    public var absoluteExpiresAt: Timestamp?
    /// The end of a sign-in that the audit has warned of.
    public var signInWarnedOf: Timestamp?
    /// The attempt under way, or the one that a crashed process left.
    package var attempt: Attempt?
    /// Failures in a row since the last success.
    public var failures: Int
    /// The code of the last failure since the last success.
    public var lastError: String?
    /// Until when a failure is waited out.
    public var notBefore: Timestamp?
    /// When it was added.
    public var createdAt: Timestamp

    /// A login as stored.
    package init(
        id: ID,
        apiKeyID: APIKey.ID,
        identity: Identity,
        scopes: String,
        state: State,
        generation: Int,
        accessExpiresAt: Timestamp?,
        signedInAt: Timestamp?,
        refreshExpiresAt: Timestamp?,
        absoluteExpiresAt: Timestamp?,
        signInWarnedOf: Timestamp? = nil,
        attempt: Attempt?,
        failures: Int,
        lastError: String?,
        notBefore: Timestamp?,
        createdAt: Timestamp
    ) {
        self.id = id
        self.apiKeyID = apiKeyID
        self.identity = identity
        self.scopes = scopes
        self.state = state
        self.generation = generation
        self.accessExpiresAt = accessExpiresAt
        self.signedInAt = signedInAt
        self.refreshExpiresAt = refreshExpiresAt
        self.absoluteExpiresAt = absoluteExpiresAt
        self.signInWarnedOf = signInWarnedOf
        self.attempt = attempt
        self.failures = failures
        self.lastError = lastError
        self.notBefore = notBefore
        self.createdAt = createdAt
    }
}
