import TradeStationModel

/// Reads audit rows as events. Rows in, events out: no I/O, no clock.
struct EventMachine: Sendable {
    /// The rows that say whether a login can be refreshed.
    static let telling: Set<AuditEvent> = [
        .signedIn, .signedOut, .refreshSucceeded, .refreshFailed, .outcomeUnknown, .recovered, .needsLogin, .revoked,
    ]

    private let attempts: AttemptIDs
    private var troubled: [Login.ID: Bool] = [:]

    init(attempts: AttemptIDs) {
        self.attempts = attempts
    }

    /// The login of a row that can only be read by who knows how the login did before.
    func stranger(in row: AuditRecord) -> Login.ID? {
        guard let event = row.event, Self.telling.contains(event), let login = row.login, troubled[login] == nil else {
            return nil
        }
        return login
    }

    /// Learns how a login did from its rows before, oldest first.
    mutating func prime(_ login: Login.ID, with rows: [AuditRecord]) {
        troubled[login] = rows.compactMap(\.showsTrouble).last ?? false
    }

    /// What a row tells.
    mutating func read(_ row: AuditRecord) -> [SessionEvent.Kind] {
        guard let event = row.event, let login = row.login else { return [] }
        if event == .signInEndsSoon { return row.end.map { [.signInEndsSoon(end: $0)] } ?? [] }
        guard let trouble = row.showsTrouble else { return [] }
        let was = troubled.updateValue(trouble, forKey: login) ?? false
        switch event {
        case .refreshFailed, .outcomeUnknown: return was ? [] : [.degraded(code: row.code)]
        case .needsLogin: return [.needsLogin(code: row.code)]
        case .signedOut, .revoked: return [.needsLogin(code: .loginRequired)]
        default: return row.tokens(of: attempts) + (was ? [.recovered] : [])
        }
    }
}

extension AuditRecord {
    /// The login it is about, if it is about one.
    var login: Login.ID? { integer("login_id").map(Login.ID.init) }

    fileprivate var event: AuditEvent? { text("event").flatMap { AuditEvent(rawValue: $0) } }

    fileprivate var end: Timestamp? { text("expires_at").flatMap { Timestamp($0) } }

    /// Whether its login cannot be refreshed after it; nil when it says nothing about that.
    fileprivate var showsTrouble: Bool? {
        switch event {
        case .signedIn, .refreshSucceeded, .recovered: false
        // The row that comes with it says more: the user has to sign in.
        case .refreshFailed where text("oauth_error") == "invalid_grant": nil
        case .signedOut, .refreshFailed, .needsLogin, .revoked: true
        // That a process died is no failure of the sign-in server.
        case .outcomeUnknown: text("outcome") == AuditOutcome.processDied ? nil : true
        default: nil
        }
    }

    fileprivate var code: AccountsError.Code {
        let outcome = text("outcome") ?? AccountsError.Code.internal.rawValue
        return outcome == AuditOutcome.refreshTokenSalvaged ? .serverError : AccountsError.Code(rawValue: outcome)
    }

    /// The new tokens it speaks of.
    fileprivate func tokens(of attempts: AttemptIDs) -> [SessionEvent.Kind] {
        guard let generation = integer("generation_after").map(Int.init), let end else { return [] }
        return text("attempt_id").map(attempts.include) == true
            ? [.refreshed(generation: generation, expiresAt: end)] : [.adopted(generation: generation, expiresAt: end)]
    }
}
