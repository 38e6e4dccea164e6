import TradeStationSessions

/// The table with a row for each login.
struct LoginTable {
    let snapshot: StoreSnapshot
    let time: TimeText

    private static let titles = [
        "Profiles", "State", "Access token", "Last refresh", "Used by", "Sign-in ends", "What to do",
    ]

    var html: HTML {
        let rows = snapshot.logins.map(row) + snapshot.listing.damaged.map(row)
        return TableCells.table("Logins", "logins", titles: Self.titles, rows: rows)
    }

    private func row(_ records: [ProfileRecord]) -> HTML {
        let record = records[0]
        let cells = [
            [HTML.element("span", ["class": "who"], records.map(name))], [state(record)], accessToken(record),
            lastRefresh(record.login.id), uses(records), signInEnd(record), advice(records),
        ]
        let className = record.urgency(at: time.now) > 1 ? "attention" : nil
        return TableCells.row(
            [TableCells.rowHeader(Self.titles[0], cells[0])]
                + zip(Self.titles, cells).dropFirst().map { TableCells.cell($0, $1) },
            className: className
        )
    }

    private func row(_ damaged: DamagedProfile) -> HTML {
        let command: [HTML] = damaged.error.pastableSuggestion.map { [Self.command($0)] } ?? [HTML("-")]
        let cells: [[HTML]] = [
            [.element("strong", [:], [HTML(damaged.shownName)])],
            [.element("span", ["class": "state bad"], ["✕ damaged"]), " ", HTML(damaged.error.message)],
            ["-"], ["-"], ["-"], ["-"], command,
        ]
        return TableCells.row(
            [TableCells.rowHeader(Self.titles[0], cells[0])]
                + zip(Self.titles, cells).dropFirst().map { TableCells.cell($0, $1) },
            className: "attention"
        )
    }

    private func name(_ record: ProfileRecord) -> HTML {
        let isLive = record.profile.environment == .live
        var content: [HTML] = [
            .element("strong", [:], [HTML(record.name.text)]), " ",
            .element(
                "span",
                ["class": isLive ? "badge live" : "badge sim"],
                [HTML(record.environmentText.uppercased())]
            ),
        ]
        if record.isFenced { content += [" ", .element("span", ["class": "fence"], [HTML(record.fenceText)])] }
        return .element("span", ["class": "profile"], content + [" "])
    }

    private func state(_ record: ProfileRecord) -> HTML {
        let now = time.now
        let words = record.stateText(at: now).replacing("_", with: " ")
        let colors = ["good", "warning", "warning", "bad", "bad"]
        return .element(
            "span",
            ["class": "state \(colors[record.urgency(at: now)])"],
            [HTML("\(record.stateSymbol(at: now)) \(words)")]
        )
    }

    private func accessToken(_ record: ProfileRecord) -> [HTML] {
        guard let end = record.shownAccessExpiry else { return ["none"] }
        return [
            Self.time(end, time.remaining(end)),
            .element("span", ["class": "minor"], [HTML(" generation \(record.login.generation)")]),
        ]
    }

    private func lastRefresh(_ login: Login.ID) -> [HTML] {
        guard let row = snapshot.lastExchange(of: login) else {
            return [HTML("none in the last \(hoursRead)")]
        }
        let ago = "\(TimeText.duration(max(0, -time.secondsLeft(until: row.at)))) ago"
        let facts = [
            row.requester.map { "by \($0.printable(limit: 60))" }, row.milliseconds.map { "\($0) ms" },
            row.event == .refreshSucceeded ? nil : row.eventText,
        ].compactMap { $0 }.joined(separator: ", ")
        return [Self.time(row.at, ago), .element("span", ["class": "minor"], [HTML(" \(facts)")])]
    }

    private var hoursRead: String {
        TimeText.duration(max(1, (time.now.milliseconds - snapshot.start.milliseconds) / 1000))
    }

    private func uses(_ records: [ProfileRecord]) -> [HTML] {
        let names = Set(records.map(\.name.text))
        let uses = ProgramUse.uses(in: snapshot.rows).filter { names.contains($0.profile) }
        guard !uses.isEmpty else { return ["-"] }
        let programs = Dictionary(grouping: uses) { $0.program ?? "unknown program" }
            .sorted { $0.key < $1.key }
            .map { name, uses in name.printable(limit: 40) + (uses.count > 1 ? " (\(uses.count) processes)" : "") }
        let others = programs.count - Self.mostPrograms
        return [
            HTML(programs.prefix(Self.mostPrograms).joined(separator: ", ") + (others > 0 ? " and \(others) more" : ""))
        ]
    }

    private static let mostPrograms = 4

    /// The end, and what it means for the next session of the exchange.
    private func signInEnd(_ record: ProfileRecord) -> [HTML] {
        guard let end = record.possibleSignInEnd else { return ["no end known"] }
        let session = TradingSession.currentOrNext(at: time.now)
        let opening = TimeText(now: time.now, zone: .newYork).point(session.opens)
        let closing = TimeText(now: time.now, zone: .newYork).point(session.closes)
        let meaning =
            end >= session.closes
            ? "after the session until \(closing)"
            : end < session.opens ? "before NYSE opens \(opening)" : "during the session until \(closing)"
        return [
            Self.time(end, time.pointAndDistance(end)),
            .element("span", ["class": end < session.closes ? "minor caution" : "minor"], [HTML(" \(meaning)")]),
        ]
    }

    private func advice(_ records: [ProfileRecord]) -> [HTML] {
        guard let advice = ProfileAdvice(for: records[0], time) else { return ["nothing"] }
        return [HTML(advice.problem + " "), Self.command(advice.command)]
    }

    /// A command to copy.
    static func command(_ text: String) -> HTML { .element("code", ["class": "command"], [HTML(text)]) }

    /// A time in words, with the exact one for programs.
    static func time(_ time: Timestamp, _ text: String) -> HTML {
        .element("time", ["datetime": time.description], [HTML(text)])
    }
}
