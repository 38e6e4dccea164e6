import TradeStationSessions

/// The audit with its filters and its lineage: which token replaced which.
struct AuditSection {
    let snapshot: StoreSnapshot
    let view: DashboardView
    let time: TimeText

    private static let titles = ["Time", "Event", "Profile", "Generation", "Outcome", "By", "Attempt", "Tokens"]
    private static let mostRows = 100

    var html: HTML {
        let rows = snapshot.rows.filter { $0.at >= snapshot.start && view.shows($0) }
        let shown = rows.suffix(Self.mostRows).reversed()
        let table: HTML =
            shown.isEmpty
            ? .element("p", [:], ["No row of this period matches."])
            : TableCells.table("Audit", "audit", titles: Self.titles, rows: shown.map(row))
        return .element(
            "section",
            ["aria-labelledby": "audit-title"],
            [
                .element("h2", ["id": "audit-title"], ["Audit"]), filters, logins, narrowing,
                .element("p", ["class": "minor"], [HTML(count(shown.count, of: rows.count))]), table,
            ].compactMap { $0 }
        )
    }

    private func count(_ shown: Int, of all: Int) -> String {
        let command = PastableCommand("tsaccounts audit").text
        return shown < all
            ? "The newest \(shown) of \(all) rows, newest first. All rows: \(command)"
            : "\(all) row\(all == 1 ? "" : "s"), newest first."
    }

    // MARK: Filters

    private var filters: HTML {
        let links = DashboardView.Part.allCases.map { part in
            link("show-\(part.rawValue)", part.title, view.with { $0.part = part }, isCurrent: view.part == part)
        }
        return .element("nav", ["aria-label": "Events of the audit", "class": "filters"], links)
    }

    private var logins: HTML? {
        guard snapshot.logins.count > 1 else { return nil }
        let all = link("login-all", "All logins", view.with { $0.login = nil }, isCurrent: view.login == nil)
        let links = snapshot.logins.map { records in
            let id = records[0].login.id
            return link(
                "login-\(id.rawValue)",
                records.map(\.name.text).joined(separator: ", "),
                view.with { $0.login = id },
                isCurrent: view.login == id
            )
        }
        return .element("nav", ["aria-label": "Logins of the audit", "class": "filters"], [all] + links)
    }

    /// The attempt or token that alone is shown, with a link back.
    private var narrowing: HTML? {
        let what = view.attempt.map { "attempt \($0.prefix(8))" } ?? view.token.map { "token \($0)" }
        guard let what else { return nil }
        let back = view.with {
            $0.attempt = nil
            $0.token = nil
        }
        return .element(
            "p",
            ["class": "filters"],
            [HTML("Only rows of \(what). "), link("narrowing-off", "Show all", back, isCurrent: false)]
        )
    }

    private func link(_ id: String, _ text: String, _ view: DashboardView, isCurrent: Bool) -> HTML {
        .element("a", ["id": id, "href": view.address, "aria-current": isCurrent ? "true" : nil], [HTML(text)])
    }

    // MARK: Rows

    private func row(_ row: AuditRow) -> HTML {
        let isTrouble = DashboardView.Part.failures.shows(row.event)
        return TableCells.row([
            TableCells.rowHeader(Self.titles[0], [LoginTable.time(row.at, time.stamp(row.at))]),
            TableCells.cell(
                Self.titles[1],
                [HTML((isTrouble ? "✕ " : "") + row.eventText)],
                className: isTrouble ? "trouble" : nil
            ),
            TableCells.cell(Self.titles[2], row.profile?.printable(limit: 64)),
            TableCells.cell(Self.titles[3], generation(row)),
            TableCells.cell(Self.titles[4], outcome(row)),
            TableCells.cell(Self.titles[5], requester(row)),
            TableCells.cell(Self.titles[6], [attempt(row)]),
            TableCells.cell(Self.titles[7], tokens(row)),
        ])
    }

    private func generation(_ row: AuditRow) -> String? {
        if let before = row.generationBefore, let after = row.generationAfter { return "\(before) → \(after)" }
        return (row.generationAfter ?? row.generationBefore).map(String.init)
    }

    private func outcome(_ row: AuditRow) -> String? {
        let facts = [
            row.reason, row.milliseconds.map { "\($0) ms" }, row.waiters.flatMap { $0 > 1 ? "\($0) waiting" : nil },
            row.detail["door"].map { "through \($0)" }, row.detail["program"],
            row.detail["client_pid"].map { "process \($0)" },
        ].compactMap { $0?.printable(limit: 80) }
        return facts.isEmpty ? nil : facts.joined(separator: ", ")
    }

    private func requester(_ row: AuditRow) -> String? {
        guard let requester = row.requester else { return nil }
        let isHere = row.host == nil || row.host == snapshot.host
        let place = isHere ? "" : " on \(row.host?.printable(limit: 60) ?? "")"
        return requester.printable(limit: 60) + (row.processID.map { " (\($0))" } ?? "") + place
    }

    private func attempt(_ row: AuditRow) -> HTML {
        guard let attempt = row.attempt else { return "-" }
        let id = "attempt-\(row.sequence)"
        return link(id, String(attempt.prefix(8)), view.with { $0.attempt = attempt }, isCurrent: false)
    }

    /// The fingerprints of the refresh token before and after, and of the access token.
    private func tokens(_ row: AuditRow) -> [HTML] {
        func token(_ name: String, _ fingerprint: String) -> HTML {
            link(
                "\(name)-\(row.sequence)",
                fingerprint,
                view.with { $0.token = fingerprint },
                isCurrent: view.token == fingerprint
            )
        }
        var pieces: [HTML] = []
        if let before = row.refreshTokenBefore { pieces += ["refresh ", token("before", before)] }
        if let after = row.refreshTokenAfter {
            pieces += [row.refreshTokenBefore == nil ? "refresh " : " → ", token("after", after)]
        }
        if let access = row.accessTokenAfter {
            pieces += [pieces.isEmpty ? "access " : ", access ", token("access", access)]
        }
        return pieces.isEmpty ? ["-"] : pieces
    }
}
