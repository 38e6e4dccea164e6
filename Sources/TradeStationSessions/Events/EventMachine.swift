import TradeStationModel

/// Turns audit rows into events. Performs no I/O and uses no clock.
struct EventMachine: Sendable {
    /// The audit events that report whether a login can be refreshed.
    static let stateEvents: Set<AuditEvent> = [
        .signedIn, .signedOut, .refreshSucceeded, .refreshFailed, .outcomeUnknown, .recovered, .needsLogin, .revoked,
    ]

    private let attempts: AttemptIDs
    /// Whether refreshing fails, for each login whose state is known.
    private var isFailing: [Login.ID: Bool] = [:]

    init(attempts: AttemptIDs) {
        self.attempts = attempts
    }

    /// The login whose earlier state must be loaded before this row is read; nil when none is needed.
    func loginToLoad(before row: AuditRecord) -> Login.ID? {
        guard let event = row.event, Self.stateEvents.contains(event), let login = row.login, isFailing[login] == nil
        else { return nil }
        return login
    }

    /// Loads the state of a login from its earlier rows, oldest first.
    mutating func loadState(of login: Login.ID, from rows: [AuditRecord]) {
        isFailing[login] = rows.compactMap(\.reportsFailure).last ?? false
    }

    /// Reads a row and returns its events.
    mutating func read(_ row: AuditRecord) -> [SessionEvent.Kind] {
        guard let event = row.event, let login = row.login else { return [] }
        if event == .signInEndsSoon { return row.end.map { [.signInEndsSoon(end: $0)] } ?? [] }
        guard let fails = row.reportsFailure else { return [] }
        let wasFailing = isFailing.updateValue(fails, forKey: login) ?? false
        switch event {
        case .refreshFailed, .outcomeUnknown: return wasFailing ? [] : [.degraded(code: row.code)]
        case .needsLogin: return [.needsLogin(code: row.code)]
        case .signedOut, .revoked: return [.needsLogin(code: .loginRequired)]
        default: return row.newTokens(attempts) + (wasFailing ? [.recovered] : [])
        }
    }
}

extension AuditRecord {
    /// The login that the row is about, if any.
    var login: Login.ID? { integer("login_id").map(Login.ID.init) }

    fileprivate var event: AuditEvent? { text("event").flatMap { AuditEvent(rawValue: $0) } }

    fileprivate var end: Timestamp? { text("expires_at").flatMap { Timestamp($0) } }

    /// Whether refreshing the login fails from this row on; nil when the row does not report it.
    fileprivate var reportsFailure: Bool? {
        switch event {
        case .signedIn, .refreshSucceeded, .recovered: false
        // A `needs_login` row in the same transaction reports more: the user has to sign in.
        case .refreshFailed where text("oauth_error") == "invalid_grant": nil
        case .signedOut, .refreshFailed, .needsLogin, .revoked: true
        // A process died; the sign-in server did not fail.
        case .outcomeUnknown: text("outcome") == AuditOutcome.processDied ? nil : true
        default: nil
        }
    }

    fileprivate var code: AccountsError.Code {
        let outcome = text("outcome") ?? AccountsError.Code.internal.rawValue
        return outcome == AuditOutcome.refreshTokenSalvaged ? .serverError : AccountsError.Code(rawValue: outcome)
    }

    /// The event for the new tokens that the row reports.
    ///
    /// - Parameter attempts: the manager's own attempts. Their tokens are reported as refreshed, all others as adopted.
    fileprivate func newTokens(_ attempts: AttemptIDs) -> [SessionEvent.Kind] {
        guard let generation = integer("generation_after").map(Int.init), let end else { return [] }
        return text("attempt_id").map(attempts.include) == true
            ? [.refreshed(generation: generation, expiresAt: end)] : [.adopted(generation: generation, expiresAt: end)]
    }
}
