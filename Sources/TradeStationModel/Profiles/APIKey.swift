/// The client registered at TradeStation, as the store knows it. Its secret, if any, is kept sealed beside it.
public struct APIKey: Hashable, Sendable {
    /// The row it is kept in.
    public struct ID: RawRepresentable, Hashable, Sendable {
        /// The row id.
        public let rawValue: Int64
        /// An id by its row id.
        public init(rawValue: Int64) { self.rawValue = rawValue }
    }

    /// Whether the sign-in server accepts the key itself.
    public enum State: String, Hashable, Sendable {
        /// Nothing is known against it.
        case ready
        /// The server refused the client: wrong secret, unknown or disabled key.
        case badClient = "bad_client"
    }

    /// Whether refresh tokens of this key change when they are used.
    public enum Rotation: String, Hashable, Sendable {
        /// Not seen yet.
        case unknown
        /// The refresh token stays the same.
        case `static`
        /// Every exchange brings a new refresh token and ends the old one.
        case rotating
    }

    /// No pause is believed beyond this, in milliseconds, so that a stepped clock cannot lock a key's logins out.
    public static let longestPauseMilliseconds: Int64 = 300_000

    /// The row it is kept in.
    public let id: ID
    /// Who it is and where it talks to.
    public var registration: ClientRegistration
    /// Whether its refresh tokens rotate.
    public var rotation: Rotation
    /// Whether the server accepts it.
    public var state: State
    /// The last error that concerned the key itself.
    public var lastError: String?
    /// Until when every login of the key pauses, after a 429.
    public var notBefore: Timestamp?
    /// When it was added.
    public var createdAt: Timestamp

    /// A key as it stands in the store.
    public init(
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
