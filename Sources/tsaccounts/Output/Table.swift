import TradeStationSessions

/// A table that fits into a terminal: no line is longer than the terminal is wide. The least important columns give way
/// first: their texts are shortened, then they are left out.
struct Table: Sendable {
    struct Column: Sendable {
        let title: String
        /// The importance. Columns with a lower number give way before those with a higher one.
        let rank: Int
        /// The width down to which the column is shortened.
        let narrowest: Int
        /// Whether the column is never left out.
        var isEssential = false
    }

    struct Cell: Sendable {
        let text: String
        var color: Display.Color?
    }

    let columns: [Column]
    private(set) var rows: [[Cell]] = []

    private static let gap = 2

    init(columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row with a cell for each column. Characters that are not printable are replaced.
    mutating func add(_ cells: [Cell]) {
        rows.append(cells.map { Cell(text: $0.text.printable(limit: 120), color: $0.color) })
    }

    /// The lines of the table, the titles first.
    func lines(on display: Display) -> [String] {
        let titles = columns.map { Cell(text: $0.title, color: .heading) }
        let all = [titles] + rows
        let widths = widths(of: all, limit: display.columns)
        return all.map { row in
            var line = ""
            var padding = 0
            for (cell, width) in zip(row, widths) where width > 0 {
                let text = cell.text.shortened(to: width)
                line += String(repeating: " ", count: padding) + display.paint(text, cell.color)
                padding = width - text.count + Self.gap
            }
            return line
        }
    }

    /// The width of each column; 0 for a column that is left out.
    private func widths(of rows: [[Cell]], limit: Int?) -> [Int] {
        var widths = columns.indices.map { column in rows.map { $0[column].text.count }.max() ?? 0 }
        guard let limit else { return widths }
        var excess: Int { widths.reduce(0) { $0 + ($1 > 0 ? $1 + Self.gap : 0) } - Self.gap - limit }
        let order = columns.indices.sorted { columns[$0].rank < columns[$1].rank }
        for index in order where excess > 0 {
            widths[index] = max(min(widths[index], columns[index].narrowest), widths[index] - excess)
            if excess > 0, !columns[index].isEssential { widths[index] = 0 }
        }
        // A very narrow terminal: even the essential columns are shortened.
        for index in order where excess > 0 && widths[index] > 0 { widths[index] = max(1, widths[index] - excess) }
        for index in order where excess > 0 { widths[index] = 0 }
        return widths
    }
}

extension String {
    /// The text, padded with blanks at its end to a number of characters.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    /// The text, cut to a number of characters. An ellipsis marks the cut.
    func shortened(to width: Int) -> String {
        count <= width ? self : width < 1 ? "" : prefix(width - 1) + "…"
    }
}
