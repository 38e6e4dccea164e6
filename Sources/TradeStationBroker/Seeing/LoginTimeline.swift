package import TradeStationSessions

/// What happened to a login over a period: its generations, each from birth to expiry, and what happened to them.
package struct LoginTimeline: Hashable, Sendable {
    /// A set of tokens.
    package struct Generation: Hashable, Sendable {
        package let number: Int64
        /// When the tokens were saved; nil if that was before the first audit row that was read.
        package let born: Timestamp?
        /// When the access token expires, or when the tokens were erased.
        package fileprivate(set) var ends: Timestamp
    }

    /// Something that happened at one time.
    package struct Mark: Hashable, Sendable {
        package let kind: Kind
        package let at: Timestamp
        package let generation: Int64?
        package let requester: String?
        /// How long the exchange took.
        package let milliseconds: Int64?
        /// How many callers waited for it.
        package let waiters: Int64
        /// The outcome, if it was not a success.
        package let reason: String?
    }

    /// The kinds of marks.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case refreshed, recovered, adopted, failed, unknown
        case lateResult = "late result"
        case signedIn = "signed in"
        case signInFailed = "sign-in failed"
        case signedOut = "signed out"
        case needsLogin = "needs login"
        case signInEndsSoon = "sign-in ends soon"
        case revoked
        case rolledBack = "rolled back"
    }

    /// A period; it has not ended if `end` is nil.
    package struct Span: Hashable, Sendable {
        package let start: Timestamp
        package fileprivate(set) var end: Timestamp?
        /// Why, for example `server_unreachable`.
        package let reason: String?
    }

    /// The generations, oldest first.
    package private(set) var generations: [Generation] = []
    /// What happened, oldest first.
    package private(set) var marks: [Mark] = []
    /// The periods from a failed refresh to the next new tokens.
    package private(set) var outages: [Span] = []
    /// The periods in which no refresh was to be sent.
    package private(set) var pauses: [Span] = []
    /// When the sign-in ends; nil if it is not known to end.
    package let signInEnd: Timestamp?

    /// - Parameters:
    ///   - rows: Audit rows, oldest first. Those of other logins are left out.
    ///   - record: One of the login's profiles, as it is now.
    package init(_ rows: [AuditRow], of record: ProfileRecord) {
        let login = record.login
        signInEnd = record.possibleSignInEnd
        for row in rows where row.login == login.id { read(row) }
        if let end = login.accessExpiresAt, !generations.contains(where: { $0.number == login.generation }) {
            generations.append(Generation(number: Int64(login.generation), born: nil, ends: end))
        }
        if let end = record.notBefore, let start = marks.last(where: { $0.kind.isFailure })?.at, start < end {
            pauses.removeAll { $0.start == start }
            pauses.append(Span(start: start, end: end, reason: record.error))
        }
    }

    private mutating func read(_ row: AuditRow) {
        guard let event = row.event, let kind = Kind(event) else { return }
        marks.append(
            Mark(
                kind: kind,
                at: row.at,
                generation: row.generationAfter ?? row.generationBefore,
                requester: row.requester,
                milliseconds: row.milliseconds,
                waiters: row.waiters ?? 0,
                reason: kind.isSuccess ? nil : row.reason
            )
        )
        if let number = row.generationAfter, let end = row.expiresAt, event != .signInEndsSoon {
            generations.append(Generation(number: number, born: row.at, ends: end))
            if let last = outages.indices.last, outages[last].end == nil { outages[last].end = row.at }
        }
        if event == .signedOut || event == .revoked { erase(at: row.at) }
        guard kind.isFailure else { return }
        if let seconds = row.detail["retry_after_seconds"].flatMap({ Int64($0) }) {
            let end = row.at.advanced(byMilliseconds: min(max(0, seconds) * 1000, APIKey.longestPauseMilliseconds))
            pauses.append(Span(start: row.at, end: end, reason: row.reason))
        }
        // A process that died says nothing about the server.
        guard row.outcome != Self.processDied, outages.last.map({ $0.end != nil }) ?? true else { return }
        outages.append(Span(start: row.at, end: nil, reason: row.reason))
    }

    /// Ends what is still valid.
    private mutating func erase(at time: Timestamp) {
        for index in generations.indices { generations[index].ends = min(generations[index].ends, time) }
        if let last = outages.indices.last, outages[last].end == nil { outages[last].end = time }
    }

    private static let processDied = "process_died"
}

extension LoginTimeline.Kind {
    fileprivate init?(_ event: AuditEvent) {
        switch event {
        case .refreshSucceeded: self = .refreshed
        case .recovered: self = .recovered
        case .refreshAdopted: self = .adopted
        case .refreshFailed: self = .failed
        case .outcomeUnknown: self = .unknown
        case .lateResult: self = .lateResult
        case .signedIn: self = .signedIn
        case .signInFailed: self = .signInFailed
        case .signedOut: self = .signedOut
        case .needsLogin: self = .needsLogin
        case .signInEndsSoon: self = .signInEndsSoon
        case .revoked: self = .revoked
        case .rolledBack: self = .rolledBack
        default: return nil
        }
    }

    /// Whether an exchange brought no tokens.
    package var isFailure: Bool { self == .failed || self == .unknown }

    /// Whether there were new tokens.
    package var isSuccess: Bool { [.refreshed, .recovered, .adopted, .signedIn].contains(self) }

    /// The sign that stands for it on a strip; it is never a color alone.
    package var symbol: String {
        switch self {
        case .refreshed: "|"
        case .recovered, .adopted, .lateResult: "+"
        case .failed, .signInFailed: "✕"
        case .unknown: "?"
        case .signedIn: "◆"
        case .signedOut, .revoked: "◇"
        case .needsLogin: "!"
        case .signInEndsSoon: "△"
        case .rolledBack: "↶"
        }
    }
}
