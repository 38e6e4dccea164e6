package import TradeStationSessions

/// What a store shows at one time: its profiles, and the audit of the hours before.
package struct StoreSnapshot: Sendable {
    package let listing: ProfileListing
    /// The audit rows since ``start``, oldest first.
    package let rows: [AuditRow]
    /// The time from which the rows are complete.
    package let start: Timestamp
    package let now: Timestamp
    /// The name of this machine, as in the audit.
    package let host: String

    package init(listing: ProfileListing, rows: [AuditRow], start: Timestamp, now: Timestamp, host: String) {
        self.listing = listing
        self.rows = rows
        self.start = start
        self.now = now
        self.host = host
    }

    /// The profiles of each login, by the name of the first.
    package var logins: [[ProfileRecord]] {
        Dictionary(grouping: listing.profiles) { $0.login.id }.values
            .sorted { $0[0].name.text.lowercased() < $1[0].name.text.lowercased() }
    }

    /// The last exchange of a login that ended, or the sign-in if there was none since.
    package func lastExchange(of login: Login.ID) -> AuditRow? {
        rows.last { row in row.login == login && row.event.map(Self.exchanges.contains) ?? false }
    }

    private static let exchanges: Set<AuditEvent> = [
        .refreshSucceeded, .refreshFailed, .outcomeUnknown, .recovered, .signedIn,
    ]
}

extension SessionManager {
    /// Reads what the store shows now.
    ///
    /// - Parameters:
    ///   - hours: The period of the audit.
    ///   - clock: The clock of this manager.
    /// - Throws: `AccountsError` of the store.
    package nonisolated func snapshot(hours: Int, clock: any TimeSource = SystemClock()) async throws -> StoreSnapshot {
        let listing = try await registry.examinedListing()
        let now = clock.wallTime()
        let wanted = now.advanced(byMilliseconds: -Int64(hours) * 3_600_000)
        // An access token that was born before the period can still be valid in it.
        let rows = try await rows(since: wanted.advanced(byMilliseconds: -tokenLifetime))
        let start = rows.count < mostRows ? wanted : max(wanted, rows[0].at)
        return StoreSnapshot(listing: listing, rows: rows, start: start, now: now, host: HostName.current)
    }

    /// The newest audit rows since a time, oldest first. They are read backwards in batches, because the audit has no
    /// index of times.
    private nonisolated func rows(since start: Timestamp) async throws -> [AuditRow] {
        var batches: [[AuditRow]] = []
        var query = AuditQuery(limit: batch)
        for _ in 0..<mostRows / batch {
            let rows = try await registry.auditRecords(query).map(AuditRow.init)
            batches.append(rows.filter { $0.at >= start })
            guard rows.count == batch, rows[0].at >= start else { break }
            query.throughSequence = rows[0].sequence - 1
        }
        return Array(batches.reversed().joined())
    }
}

/// TradeStation's lifetime of an access token, in milliseconds.
private let tokenLifetime: Int64 = 1_200_000

/// The most audit rows that are read for one view, so that its cost is bounded.
private let mostRows = 10_000
private let batch = 500
