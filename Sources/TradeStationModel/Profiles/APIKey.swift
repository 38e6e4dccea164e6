/// An API key: a client that is registered at TradeStation. The store keeps its secret, if any, sealed (encrypted).
public struct APIKey: Hashable, Sendable {
    /// The id of the row in the database.
    public struct ID: RawRepresentable, Hashable, Sendable {
        /// The row id.
        public let rawValue: Int64
        /// Creates an id from a row id.
        public init(rawValue: Int64) { self.rawValue = rawValue }
    }

    /// Whether the sign-in server accepts the key itself.
    public enum State: String, Hashable, Sendable {
        /// The server has not refused the key.
        case ready
        /// The server refused the key: it is unknown or disabled, or its secret is wrong.
        case badClient = "bad_client"
    }

    /// Whether the server replaces a refresh token when it is exchanged for new tokens.
    public enum Rotation: String, Hashable, Sendable {
        /// Not known yet.
        case unknown
        /// The refresh token stays the same.
        case `static`
        /// Every exchange returns a new refresh token and ends the old one.
        case rotating
    }

    /// The longest pause between requests, in milliseconds. A longer pause in the store is ignored: it can only result
    /// from a clock that was set back.
    package static let longestPauseMilliseconds: Int64 = 300_000

    /// The id of the row in the database.
    public let id: ID
    /// The registration: client id, endpoints and settings.
    public var registration: ClientRegistration
    /// Whether the server replaces a refresh token when it is exchanged for new tokens.
    public var rotation: Rotation
    /// Whether the server accepts the key.
    public var state: State
    /// The code of the last error that concerned the key and not just one of its logins.
    public var lastError: String?
    /// The end of the pause for all logins of the key, after the server answered with status 429.
    public var notBefore: Timestamp?
    /// When the key was added.
    public var createdAt: Timestamp

    /// Creates a key from its row.
    package init(
        id: ID,
        registration: ClientRegistration,
        rotation: Rotation,
        state: State,
        lastError: String?,
        notBefore: Timestamp?,
        createdAt: Timestamp
    ) {
        self.id = id
        self.registration = registration
        self.rotation = rotation
        self.state = state
        self.lastError = lastError
        self.notBefore = notBefore
        self.createdAt = createdAt
    }
}
