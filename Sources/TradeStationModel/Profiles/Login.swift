/// A login: the access that one user has granted to one API key. Refresh, lock, rotation and deadlines belong to the
/// login, so that two profiles on one login share one refresh.
public struct Login: Hashable, Sendable {
    /// The id of the row in the database. It is never reused.
    public struct ID: RawRepresentable, Hashable, Sendable {
        /// The row id.
        public let rawValue: Int64
        /// Creates an id from a row id.
        public init(rawValue: Int64) { self.rawValue = rawValue }
    }

    /// The stored state. ``ProfileState``, which is shown to users, also considers attempts and failures.
    public enum State: String, Hashable, Sendable {
        /// No user has signed in yet, or the tokens were erased.
        case new
        /// The login has tokens.
        case ready
        /// The server refused the refresh token.
        case needsLogin = "needs_login"
        /// The login was stopped because a check failed, for example because the tokens belong to another user. Nothing
        /// is sent until a user signs in again.
        case held
    }

    /// The id of the row in the database.
    public let id: ID
    /// The API key that the user granted access to.
    public var apiKeyID: APIKey.ID
    /// The user who signed in, as far as known.
    public var identity: Identity
    /// The scopes that were requested at sign-in, separated by spaces.
    public var scopes: String
    /// The stored state.
    public var state: State
    /// The number of token sets that the login has had.
    public var generation: Int
    /// When the access token expires, by the wall clock.
    public var accessExpiresAt: Timestamp?
    /// When the user signed in.
    public var signedInAt: Timestamp?
    /// When the refresh token expires; nil if it is not known to expire.
    public var refreshExpiresAt: Timestamp?
    /// When the sign-in ends; nil if it is not known to end.
    public var absoluteExpiresAt: Timestamp?
    /// When the sign-in ends, according to the last warning about it in the audit; nil if there was no warning.
    public var signInWarnedOf: Timestamp?
    /// The attempt to refresh that is in progress, or that a crashed process left unfinished; nil if there is none.
    package var attempt: Attempt?
    /// The number of failures since the last success.
    public var failures: Int
    /// The code of the last failure since the last success.
    public var lastError: String?
    /// The end of the pause after a failure.
    public var notBefore: Timestamp?
    /// When the login was added.
    public var createdAt: Timestamp

    /// Creates a login from its row.
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

extension Login {
    /// How the tokens of a login were erased in this store.
    package enum Erasure: Hashable, Sendable {
        /// A user signed out.
        case signedOut
        /// A user revoked them at the server.
        case revoked
    }

    /// How the tokens were erased; nil if they were not. This is derived from the other properties. Erasing starts a
    /// new generation and leaves no error. In contrast, a login that is still new has generation 0, and a refusal by
    /// the server leaves an error.
    package var erasure: Erasure? {
        switch state {
        case .new where generation > 0: .signedOut
        case .needsLogin where lastError == nil: .revoked
        case .new, .needsLogin, .ready, .held: nil
        }
    }
}
