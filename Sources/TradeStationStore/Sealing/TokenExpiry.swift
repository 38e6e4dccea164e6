import TradeStationModel

/// When an access token expires, and its lifetime: the columns of `login`, which are also sealed with the token. If a
/// column is edited, the token does not open.
struct TokenExpiry: Hashable, Sendable {
    let moment: Moment
    let lifetimeSeconds: Int

    init(moment: Moment, lifetimeSeconds: Int) {
        self.moment = moment
        self.lifetimeSeconds = lifetimeSeconds
    }

    /// The expiry as it is saved for new tokens.
    init(of tokens: TokenSet) {
        self.init(moment: tokens.expiresAt, lifetimeSeconds: TokenSet.boundedLifetime(tokens.lifetimeSeconds))
    }

    /// The parts of the associated data: wall clock in milliseconds since 1970, boot id, boot clock in milliseconds, and
    /// lifetime in seconds.
    var associatedParts: [String] {
        [
            String(moment.wall.milliseconds), moment.bootID, String(moment.bootMilliseconds),
            String(lifetimeSeconds),
        ]
    }
}
