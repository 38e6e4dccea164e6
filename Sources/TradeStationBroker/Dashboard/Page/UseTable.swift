import TradeStationSessions

/// The table of programs that used a profile.
struct UseTable {
    let snapshot: StoreSnapshot
    let time: TimeText

    private static let titles = ["Program", "Profile", "Through", "Process", "Latest connection", "Connections"]

    var html: HTML {
        let uses = ProgramUse.uses(in: snapshot.rows)
        guard !uses.isEmpty else {
            return .element("p", [:], ["No program has used a profile through the agent or a proxy in this period."])
        }
        let shown = uses.prefix(Self.mostRows).map { use in
            let isHere = use.host == nil || use.host == snapshot.host
            let process = use.processID.map(String.init) ?? "-"
            return TableCells.row([
                TableCells.rowHeader(Self.titles[0], [HTML((use.program ?? "unknown program").printable(limit: 60))]),
                TableCells.cell(Self.titles[1], use.profile),
                TableCells.cell(Self.titles[2], use.door),
                TableCells.cell(Self.titles[3], isHere ? process : "\(process) on \(use.host ?? "")"),
                TableCells.cell(Self.titles[4], [LoginTable.time(use.latest, time.pointAndDistance(use.latest))]),
                TableCells.cell(Self.titles[5], String(use.connections)),
            ])
        }
        let table = TableCells.table("Programs", "uses", titles: Self.titles, rows: shown)
        let others = uses.count - shown.count
        return others > 0 ? .element("div", [:], [table, .element("p", [:], ["And \(others) more."])]) : table
    }

    private static let mostRows = 50
}
