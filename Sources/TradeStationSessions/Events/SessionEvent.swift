public import TradeStationModel

/// Something that happened to a login, in this process or another one. Contains no secret.
public struct SessionEvent: Hashable, Sendable {
    /// The kinds of events.
    public enum Kind: Hashable, Sendable {
        /// A refresh by this manager returned new tokens.
        case refreshed(generation: Int, expiresAt: Timestamp)
        /// New tokens came from elsewhere.
        ///
        /// They come from a refresh by another manager or process, from a sign-in, or from an answer that a process
        /// saved before it died.
        case adopted(generation: Int, expiresAt: Timestamp)
        /// Refreshing started to fail. A token that is still valid is served meanwhile.
        case degraded(code: AccountsError.Code)
        /// New tokens arrived after ``degraded(code:)`` or ``needsLogin(code:)``.
        case recovered
        /// The user has to sign in.
        ///
        /// The server ended the sign-in, a user signed out or revoked it (`login_required`), or the server returned
        /// tokens of another user (`wrong_user`).
        case needsLogin(code: AccountsError.Code)
        /// The sign-in of an API key with rotating refresh tokens ends within two hours, at `end`. Reported once.
        case signInEndsSoon(end: Timestamp)
    }

    /// What happened.
    public let kind: Kind
    /// The login that the event is about.
    public let login: Login.ID
    /// The names of the login's profiles when the event was read, sorted.
    ///
    /// If the login no longer has any profiles, this is the profile that the audit row names.
    public let profiles: [ProfileName]
    /// The program that caused the event, for example `tsaccounts login`; nil when it has no name.
    public let requester: String?
    /// The id of the process that caused the event.
    public let processID: Int32
    /// When the event was recorded.
    public let at: Timestamp
}
