import TradeStationSessions

/// The strip of a login, with a legend and a table that says the same.
struct TimelineFigure {
    let strip: TimelineStrip

    private var timeline: LoginTimeline { strip.timeline }

    private static let titles = ["Time", "What", "Generation", "By", "Took", "Waiting", "Why"]

    var html: HTML {
        .element(
            "figure",
            ["class": "timeline"],
            [
                .element("figcaption", [:], [.element("h3", [:], [HTML(strip.name)])]), strip.html,
                .element(
                    "details",
                    ["id": "\(strip.id)-table"],
                    [.element("summary", ["id": "\(strip.id)-summary"], [HTML("\(strip.name) as a table")]), table]
                ),
            ]
        )
    }

    private var table: HTML {
        let marks = timeline.marks.filter { $0.at >= strip.start }.suffix(Self.mostRows).reversed().map(row)
        let spans = timeline.outages.map { row($0, "outage") } + timeline.pauses.map { row($0, "pause") }
        let rows = spans + marks
        guard !rows.isEmpty else { return .element("p", [:], ["Nothing happened in this period."]) }
        return TableCells.table("Timeline of \(strip.name)", "marks", titles: Self.titles, rows: rows)
    }

    private func row(_ mark: LoginTimeline.Mark) -> HTML {
        let texts = [
            "\(mark.kind.symbol) \(mark.kind.rawValue)", mark.generation.map(String.init),
            mark.requester?.printable(limit: 60), mark.milliseconds.map { "\($0) ms" },
            mark.waiters > 0 ? String(mark.waiters) : nil, mark.reason,
        ]
        return row(mark.at, strip.time.stamp(mark.at), texts)
    }

    private func row(_ span: LoginTimeline.Span, _ name: String) -> HTML {
        let end = span.end.map { "until \(strip.time.stamp($0))" } ?? "until now"
        return row(span.start, strip.time.stamp(span.start), ["\(name) \(end)", nil, nil, nil, nil, span.reason])
    }

    private func row(_ at: Timestamp, _ stamp: String, _ texts: [String?]) -> HTML {
        TableCells.row(
            [TableCells.rowHeader(Self.titles[0], [LoginTable.time(at, stamp)])]
                + zip(Self.titles.dropFirst(), texts).map { TableCells.cell($0, $1) }
        )
    }

    private static let mostRows = 60

    /// What the signs on the strips mean.
    static var legend: HTML {
        let signs: [(HTML, String)] = [
            (.element("span", ["class": "key generation"], []), "access token, from its exchange to its expiry"),
            (.element("span", ["class": "key tick"], []), "refresh; longer when more callers waited"),
            (.element("span", ["class": "key session"], []), "NYSE hours"),
            (.element("span", ["class": "key outage"], []), "refreshing fails"),
            (.element("span", ["class": "key pause"], []), "pause"),
            ("✕", "failure"), ("?", "outcome unknown"), ("◆", "sign-in"), ("◇", "sign-out"), ("+", "recovered or late"),
            ("!", "sign-in needed"), ("△", "sign-in ends soon"),
        ]
        return .element(
            "ul",
            ["class": "legend", "aria-label": "Legend"],
            signs.map { .element("li", [:], [.element("span", ["aria-hidden": "true"], [$0.0]), " ", HTML($0.1)]) }
        )
    }
}
