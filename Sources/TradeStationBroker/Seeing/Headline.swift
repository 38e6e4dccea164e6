package import TradeStationSessions

/// The one sentence about all profiles, for example "5 of 6 ready; swing must be signed in before Mon 09:30 ET", with the
/// commands that mend what it names.
package struct Headline: Hashable, Sendable {
    /// What is true of some profiles.
    package struct Clause: Hashable, Sendable {
        /// The names, for example `swing` or `swing, day and 3 more`.
        package let names: String
        /// What is true of them, for example `must be signed in before Mon 09:30 ET`.
        package let predicate: String
        /// The commands that change it, one for each login.
        package let commands: [String]
    }

    /// How many profiles are ready, for example `5 of 6 ready`.
    package let count: String
    /// What is wrong or soon will be, the most urgent first.
    package let clauses: [Clause]

    /// The sentence.
    package var text: String {
        ([count] + clauses.map { "\($0.names) \($0.predicate)" }).joined(separator: "; ") + "."
    }

    /// The commands of all clauses.
    package var commands: [String] { clauses.flatMap(\.commands) }

    package init(_ listing: ProfileListing, now: Timestamp) {
        let all = listing.profiles.count + listing.damaged.count
        guard all > 0 else {
            count = "There is no profile yet"
            clauses = []
            return
        }
        let ready = listing.profiles.count { [.ready, .refreshing].contains($0.state(at: now)) }
        count = "\(ready) of \(all) ready"
        var profiles: [Concern: [ProfileRecord]] = [:]
        for record in listing.profiles {
            if let concern = Concern(record, now: now) { profiles[concern, default: []].append(record) }
        }
        let time = TimeText(now: now, zone: .newYork)
        let damaged = Clause(
            names: Self.joined(listing.damaged.map(\.shownName)),
            predicate: listing.damaged.count == 1 ? "is damaged" : "are damaged",
            commands: Self.first(listing.damaged.compactMap(\.error.pastableSuggestion))
        )
        clauses =
            (listing.damaged.isEmpty ? [] : [damaged])
            + profiles.sorted { $0.key < $1.key }.map { concern, records in
                Clause(
                    names: Self.joined(records.map(\.name.text)),
                    predicate: concern.predicate(of: records.count, time),
                    commands: Self.first(Self.commands(records, concern, time))
                )
            }
    }

    /// One command for each login.
    private static func commands(_ records: [ProfileRecord], _ concern: Concern, _ time: TimeText) -> [String] {
        var logins = Set<Login.ID>()
        return records.filter { logins.insert($0.login.id).inserted }.compactMap { record in
            if case .signIn = concern { return PastableCommand("tsaccounts login \(record.name)").text }
            return ProfileAdvice(for: record, time)?.command
        }
    }

    private static func joined(_ names: [String]) -> String {
        let shown = names.prefix(mostNames).joined(separator: ", ")
        return names.count > mostNames ? "\(shown) and \(names.count - mostNames) more" : shown
    }

    private static func first(_ commands: [String]) -> [String] { Array(commands.prefix(mostNames)) }

    private static let mostNames = 3
}

extension Headline {
    /// What a profile needs.
    fileprivate enum Concern: Hashable, Comparable {
        /// The API key must be mended.
        case key
        /// A sign-in, by a time; nil means now, because the exchange is open.
        case signIn(by: Timestamp?)
        /// Refreshes fail.
        case failing

        init?(_ record: ProfileRecord, now: Timestamp) {
            let session = TradingSession.currentOrNext(at: now)
            switch record.state(at: now) {
            case .badClient: self = .key
            case .new, .needsLogin, .held: self = .signIn(by: session.contains(now) ? nil : session.opens)
            case .degraded where record.login.lastError == AccountsError.Code.refusedRepeatedly.rawValue:
                self = .signIn(by: session.contains(now) ? nil : session.opens)
            case .degraded: self = .failing
            case .ready, .refreshing:
                // Between the sessions, only the opening counts: nobody trades when the sign-in ends.
                guard let end = record.possibleSignInEnd, end < session.closes else { return nil }
                self = .signIn(by: max(end, session.opens))
            }
        }

        static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

        private var rank: (Int, Int64) {
            switch self {
            case .key: (0, 0)
            case .signIn(let time): (1, time?.milliseconds ?? 0)
            case .failing: (2, 0)
            }
        }

        func predicate(of count: Int, _ time: TimeText) -> String {
            switch self {
            case .key: "cannot be refreshed, because the sign-in server refuses the API key"
            case .signIn(nil): "must be signed in now: NYSE is open"
            case .signIn(let by?): "must be signed in before \(time.point(by))"
            case .failing: count == 1 ? "is degraded: refreshing fails" : "are degraded: refreshing fails"
            }
        }
    }
}
