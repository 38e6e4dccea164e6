import TradeStationBroker
import TradeStationSessions

/// Profiles as a table, for `list` and `status`.
struct ProfileTable {
    let display: Display
    /// The quotas of a login; by default, none are shown.
    var quotas: @Sendable (Login.ID) -> [APIQuota] = { _ in [] }

    private var time: TimeText { display.time }

    /// The lines of the table.
    func lines(_ listing: ProfileListing) -> [String] {
        var left: [Login.ID: String] = [:]
        for login in Set(listing.profiles.map(\.login.id)) { left[login] = QuotaText(time: time).cell(quotas(login)) }
        let fields = Self.columns(quotas: left).filter { field in
            field.isShown(listing.profiles) || field.damaged != nil && !listing.damaged.isEmpty
        }
        var table = Table(columns: fields.map(\.column))
        for record in listing.profiles { table.add(fields.map { $0.cell(record, time) }) }
        for damaged in listing.damaged { table.add(fields.map { $0.damaged?(damaged) ?? Table.Cell(text: "-") }) }
        return table.lines(on: display)
    }

    private struct Field {
        let column: Table.Column
        var isShown: ([ProfileRecord]) -> Bool = { _ in true }
        /// The cell for a damaged profile; nil if the column shows nothing for it.
        var damaged: ((DamagedProfile) -> Table.Cell)?
        let cell: (ProfileRecord, TimeText) -> Table.Cell
    }

    private static func columns(quotas: [Login.ID: String]) -> [Field] {
        [
            Field(
                column: .init(title: "PROFILE", rank: 10, narrowest: 8, isEssential: true),
                damaged: { Table.Cell(text: $0.shownName) }
            ) { record, _ in
                Table.Cell(text: record.name.text)
            },
            Field(column: .init(title: "ENV", rank: 11, narrowest: 4, isEssential: true)) { record, _ in
                Table.Cell(text: record.environmentText, color: record.profile.environment == .live ? .bad : nil)
            },
            Field(
                column: .init(title: "STATE", rank: 9, narrowest: 10, isEssential: true),
                damaged: { _ in Table.Cell(text: ProfileText.damagedState, color: .bad) }
            ) { record, time in
                Table.Cell(text: record.stateText(at: time.now), color: record.stateColor(at: time.now))
            },
            Field(column: .init(title: "FENCES", rank: 7, narrowest: 9), isShown: { $0.contains(where: \.isFenced) }) {
                record,
                _ in Table.Cell(text: record.fenceText, color: record.isFenced ? .warning : nil)
            },
            Field(column: .init(title: "ACCESS TOKEN", rank: 6, narrowest: 12)) { record, time in
                Table.Cell(text: time.remaining(record.shownAccessExpiry))
            },
            // Only the refresh tokens of rotating keys expire.
            Field(
                column: .init(title: "REFRESH TOKEN", rank: 5, narrowest: 13),
                isShown: { $0.contains { $0.login.refreshExpiresAt != nil } }
            ) { record, time in
                Table.Cell(text: record.login.refreshExpiresAt.map(time.remaining) ?? "-")
            },
            Field(column: .init(title: "NEXT", rank: 8, narrowest: 21)) { record, time in
                Table.Cell(text: record.nextStep(time), color: record.needsAttention(time) ? .warning : nil)
            },
            Field(
                column: .init(title: "QUOTA LEFT", rank: 1, narrowest: 10),
                isShown: { $0.contains { quotas[$0.login.id] != nil } }
            ) { record, _ in
                Table.Cell(text: quotas[record.login.id] ?? "-")
            },
            Field(column: .init(title: "USER", rank: 3, narrowest: 6)) { record, _ in
                Table.Cell(text: (record.login.identity.username ?? "-").printable(limit: 40))
            },
            Field(column: .init(title: "LOGIN", rank: 2, narrowest: 5)) { record, _ in
                Table.Cell(text: String(record.login.id.rawValue))
            },
            Field(
                column: .init(title: "LAST ERROR", rank: 4, narrowest: 10),
                isShown: { $0.contains { $0.error != nil } },
                damaged: { Table.Cell(text: $0.error.code.rawValue) }
            ) {
                record,
                _ in Table.Cell(text: (record.error ?? "-").printable(limit: 60))
            },
        ]
    }
}

extension ProfileRecord {
    fileprivate func stateColor(at now: Timestamp) -> Display.Color {
        switch ExitStatus.of(self, now: now) {
        case ExitStatus.fine: .good
        case ExitStatus.of(.rateLimited): .warning
        default: .bad
        }
    }

    fileprivate func needsAttention(_ time: TimeText) -> Bool { ProfileAdvice(for: self, time) != nil }

    /// What to do next: a command, a time before which to sign in, or nothing.
    fileprivate func nextStep(_ time: TimeText) -> String {
        if state == .ready || state == .refreshing, !mayHaveEnded(at: time.now),
            let end = login.absoluteExpiresAt
        {
            return "sign in by \(time.pointAndDistance(end))"
        }
        return ProfileAdvice(for: self, time)?.command ?? "-"
    }
}
