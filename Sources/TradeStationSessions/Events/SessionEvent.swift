public import TradeStationModel

/// What happened to a login, in this process or another. Holds no secret.
public struct SessionEvent: Hashable, Sendable {
    /// What it was.
    public enum Kind: Hashable, Sendable {
        /// A refresh by this manager brought new tokens.
        case refreshed(generation: Int, expiresAt: Timestamp)
        /// New tokens came another way: a refresh by another manager or process, a sign-in, an answer that a dead process
        /// had left.
        case adopted(generation: Int, expiresAt: Timestamp)
        /// Refreshing begins to fail. A token that still lives is served meanwhile.
        case degraded(code: AccountsError.Code)
        /// After ``degraded(code:)`` or ``needsLogin(code:)`` there are new tokens.
        case recovered
        /// The user has to sign in: the server ended the sign-in, or somebody signed out or revoked it
        /// (`login_required`), or somebody else's tokens came (`wrong_user`).
        case needsLogin(code: AccountsError.Code)
        /// The sign-in of a rotating key ends within two hours, then. Told once.
        case signInEndsSoon(end: Timestamp)
    }

    /// What happened.
    public let kind: Kind
    /// The login.
    public let login: Login.ID
    /// The profiles on the login, by name, when the event was read. Where it has none any more, the one that asked.
    public let profiles: [ProfileName]
    /// What program did it, for example `tsaccounts login`; nil when it has no name.
    public let requester: String?
    /// The process that did it.
    public let processID: Int32
    /// When it was recorded.
    public let at: Timestamp
}
