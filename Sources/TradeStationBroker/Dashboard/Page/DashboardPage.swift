import TradeStationSessions

/// The page: what a store shows at one time.
struct DashboardPage {
    let snapshot: StoreSnapshot
    let view: DashboardView
    let zone: WallZone

    private var time: TimeText { TimeText(now: snapshot.now, zone: zone) }

    /// The page as HTML.
    var text: String {
        HTML.document(
            DashboardNotice.head(title: "tsaccounts: \(headline.count)"),
            [
                .element("a", ["class": "skip", "href": "#main"], ["Skip to the profiles"]),
                .element("header", [:], [.element("h1", [:], ["tsaccounts"]), age]),
                .element("main", ["id": "main"], [summary, logins, timelines, uses, audit]),
                footer,
            ]
        )
    }

    private var headline: Headline { Headline(snapshot.listing, now: snapshot.now) }

    /// When this was true. The script replaces the text while the connection is lost.
    private var age: HTML {
        .element(
            "p",
            ["id": "age", "role": "status", "data-at": snapshot.now.description],
            ["As of ", LoginTable.time(snapshot.now, time.stamp(snapshot.now))]
        )
    }

    private var summary: HTML {
        let headline = headline
        var sentence: [HTML] = [.element("strong", [:], [HTML(headline.count)])]
        for clause in headline.clauses {
            sentence += ["; ", .element("em", [:], [HTML(clause.names)]), HTML(" \(clause.predicate)")]
        }
        let commands = headline.commands.map { HTML.element("li", [:], [LoginTable.command($0)]) }
        return .element(
            "section",
            ["aria-label": "Summary", "class": headline.clauses.isEmpty ? "summary" : "summary attention"],
            [.element("p", ["class": "headline"], sentence + ["."])]
                + (commands.isEmpty
                    ? [] : [.element("ul", ["class": "commands", "aria-label": "Commands to run"], commands)])
        )
    }

    private var logins: HTML {
        let table: HTML =
            snapshot.listing.names.isEmpty
            ? .element(
                "p",
                [:],
                [
                    "Add the first profile: ",
                    LoginTable.command(PastableCommand("tsaccounts add profile main --sim --client-id ID").text),
                ]
            ) : LoginTable(snapshot: snapshot, time: time).html
        return section("logins", "Logins", [table])
    }

    private var timelines: HTML {
        let figures = snapshot.logins.prefix(Self.mostTimelines).map { records in
            TimelineFigure(
                strip: TimelineStrip(
                    timeline: LoginTimeline(snapshot.rows, of: records[0]),
                    name: records.map(\.name.text).joined(separator: ", "),
                    id: "login-\(records[0].login.id.rawValue)-strip",
                    start: snapshot.start,
                    now: snapshot.now,
                    time: time
                )
            ).html
        }
        let others = snapshot.logins.count - figures.count
        let rest = others > 0 ? [HTML.element("p", [:], [HTML("And \(others) more logins.")])] : []
        return section("timeline", "Timeline", [periods] + figures + rest + [TimelineFigure.legend])
    }

    private static let mostTimelines = 40

    private var periods: HTML {
        let links = DashboardView.periods.map { hours in
            HTML.element(
                "a",
                [
                    "id": "hours-\(hours)", "href": view.with { $0.hours = hours }.address,
                    "aria-current": view.hours == hours ? "true" : nil,
                ],
                [HTML(hours == 1 ? "1 hour" : "\(hours) hours")]
            )
        }
        return .element("nav", ["aria-label": "Period", "class": "filters"], links)
    }

    private var uses: HTML {
        section("uses", "Who uses which profile", [UseTable(snapshot: snapshot, time: time).html])
    }

    private var audit: HTML { AuditSection(snapshot: snapshot, view: view, time: time).html }

    private func section(_ id: String, _ title: String, _ content: [HTML]) -> HTML {
        .element(
            "section",
            ["aria-labelledby": "\(id)-title"],
            [.element("h2", ["id": "\(id)-title"], [HTML(title)])] + content
        )
    }

    private var footer: HTML {
        .element(
            "footer",
            [:],
            [
                .element(
                    "p",
                    [:],
                    [
                        "This page only shows. To change something, run the command that stands beside it. ",
                        HTML(TradingSession.caveat),
                    ]
                )
            ]
        )
    }
}
