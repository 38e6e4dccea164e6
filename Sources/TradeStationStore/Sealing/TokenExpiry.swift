import TradeStationModel

/// When an access token expires, and its lifetime. Both are in columns of the table `login`, and the token is sealed
/// with their values: if a column is edited, the token does not open.
struct TokenExpiry: Hashable, Sendable {
    let moment: Moment
    let lifetimeSeconds: Int

    init(moment: Moment, lifetimeSeconds: Int) {
        self.moment = moment
        self.lifetimeSeconds = lifetimeSeconds
    }

    /// Creates the expiry to save with new tokens.
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
