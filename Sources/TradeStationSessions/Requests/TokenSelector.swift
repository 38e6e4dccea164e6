import TradeStationModel

/// Selects the token each time a call is sent or a stream is opened, and records which tokens the API refused.
struct TokenSelector {
    private let session: Session
    /// The generation of the token that the API refused; the next token must be newer. 0 while none was refused.
    private var rejectedGeneration = 0

    init(session: Session) {
        self.session = session
    }

    /// Whether the API has refused a token of this call or stream.
    var hasRejected: Bool { rejectedGeneration > 0 }

    /// Returns the token for the next request.
    ///
    /// - Parameter record: the profile as it is in the store now. Another process may have signed in, refreshed or
    ///   signed out since this session read the login.
    func token(for record: ProfileRecord, before deadline: Int64) async throws -> AccessToken {
        if hasRejected { return try await session.token(.newer(than: rejectedGeneration), before: deadline) }
        let login = session.login
        if record.login.generation > login.generation {
            try await login.open(for: record.profile)
            if record.login.state != .ready {
                return try await session.token(.newer(than: login.generation), before: deadline)
            }
        }
        if let token = session.currentAccessToken() { return token }
        return try await session.token(.validity(milliseconds: 0), before: deadline)
    }

    /// Whether a newer token may help after the API refused this one.
    func canRenew(_ token: AccessToken) -> Bool { !session.login.isFutile(generation: token.generation) }

    /// Stops this process from using a token that the API refused. The next token is newer.
    mutating func reject(_ token: AccessToken) {
        session.login.refuse(generation: token.generation)
        rejectedGeneration = token.generation
    }

    /// Records that the API refused a token although it was new.
    ///
    /// For a while, further refusals of the token then cause no refresh.
    func recordFutileRenewal(of token: AccessToken) {
        session.login.markFutile(generation: token.generation)
    }

    /// Forgets the refusal, once the API accepted a token.
    mutating func recordAcceptance() {
        rejectedGeneration = 0
    }
}
