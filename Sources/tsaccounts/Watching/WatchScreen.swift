import TradeStationBroker
import TradeStationSessions

/// The lines of `watch` for a terminal of a certain size: the sentence about all profiles, a table that scrolls with the
/// selection, the latest audit rows and the keys. No line is longer than the terminal is wide.
struct WatchScreen {
    let state: WatchState
    let display: Display
    let size: FullScreen.Size

    private var time: TimeText { display.time }

    var lines: [String] {
        guard let listing = state.listing else {
            return [(state.message ?? "Reading the store…").shortened(to: size.columns)]
        }
        let headline = headlineLines(listing)
        let footer = footer
        let room = max(0, size.rows - headline.count - footer.count)
        let table = tableLines(listing)
        // The title of the table, at least three rows, and what is left for the latest events.
        let tableRoom = min(table.lines.count, max(min(4, room), room - Self.mostEvents - 2))
        let visible = scrolled(table.lines, table.selected, to: tableRoom)
        let events = eventLines(room - visible.count)
        let gap = max(0, room - visible.count - events.count)
        return headline + visible + events + Array(repeating: "", count: gap) + footer
    }

    private static let mostEvents = 8

    // MARK: Parts

    private func headlineLines(_ listing: ProfileListing) -> [String] {
        let headline = Headline(listing, now: time.now)
        let color: Display.Color = headline.clauses.isEmpty ? .good : .warning
        let sentence = Self.wrapped(
            headline.text.printable(limit: .max),
            to: size.columns,
            lines: size.rows > 10 ? 2 : 1
        )
        let commands = headline.commands.first.map { first in
            let others = headline.commands.count - 1
            return ["Try: \(first)" + (others > 0 ? "   (and \(others) more)" : "")]
        }
        let lines = sentence.map { display.paint($0, color) }
        guard size.rows > 10 else { return lines }
        return lines + (commands ?? []).map { $0.printable(limit: .max).shortened(to: size.columns) } + [""]
    }

    private func tableLines(_ listing: ProfileListing) -> (lines: [String], selected: Int) {
        var table = Table(columns: Self.columns)
        let records = state.records(at: time.now)
        for record in records { table.add(cells(record)) }
        for damaged in listing.damaged { table.add(cells(damaged)) }
        let selected = records.firstIndex { $0.name == state.selection } ?? 0
        return (table.lines(on: display), selected)
    }

    /// The title and those rows that are near the selected one.
    private func scrolled(_ lines: [String], _ selected: Int, to room: Int) -> [String] {
        guard lines.count > room, room > 1 else { return Array(lines.prefix(room)) }
        let rows = room - 1
        let first = min(max(0, selected - rows / 2), lines.count - 1 - rows)
        return [lines[0]] + lines[(1 + first)..<(1 + first + rows)]
    }

    private func eventLines(_ room: Int) -> [String] {
        let count = min(Self.mostEvents, room - 2)
        let rows = state.rows.suffix(max(0, count))
        guard count > 0, !rows.isEmpty else { return [] }
        let lines = rows.map { row in
            let line = WatchText(time: time).line(row).printable(limit: .max).shortened(to: size.columns)
            return display.paint(line, AuditText.color(of: row.event))
        }
        return ["", display.paint("LATEST", .heading)] + lines
    }

    private var footer: [String] {
        let keys = "q quit   s sort (\(state.order.rawValue))   r refresh \(state.selection?.text ?? "")   ↑↓ select"
        let clock = String(time.stamp(time.now).suffix(9)).trimmingPrefix(" ")
        let gap = size.columns - keys.count - clock.count
        let line = gap > 1 ? keys + String(repeating: " ", count: gap) + clock : keys.shortened(to: size.columns)
        let message = (state.message ?? "").printable(limit: .max).shortened(to: size.columns)
        return message.isEmpty ? [display.paint(line, .heading)] : [message, display.paint(line, .heading)]
    }

    // MARK: Cells

    private static let columns = [
        Table.Column(title: "  PROFILE", rank: 10, narrowest: 10, isEssential: true),
        Table.Column(title: "ENV", rank: 11, narrowest: 4, isEssential: true),
        Table.Column(title: "STATE", rank: 9, narrowest: 10, isEssential: true),
        Table.Column(title: "TOKEN", rank: 8, narrowest: 7),
        Table.Column(title: "GEN", rank: 3, narrowest: 3),
        Table.Column(title: "LAST REFRESH", rank: 6, narrowest: 12),
        Table.Column(title: "SIGN-IN ENDS", rank: 5, narrowest: 12),
        Table.Column(title: "NEXT", rank: 7, narrowest: 10),
    ]

    private func cells(_ record: ProfileRecord) -> [Table.Cell] {
        let isSelected = record.name == state.selection
        let advice = ProfileAdvice(for: record, time)
        let colors: [Display.Color] = [.good, .warning, .warning, .bad, .bad]
        return [
            Table.Cell(text: (isSelected ? "> " : "  ") + record.name.text, color: isSelected ? .heading : nil),
            Table.Cell(text: record.environmentText, color: record.profile.environment == .live ? .bad : nil),
            Table.Cell(
                text: "\(record.stateSymbol(at: time.now)) \(record.stateText(at: time.now))",
                color: colors[record.urgency(at: time.now)]
            ),
            Table.Cell(text: time.remaining(record.shownAccessExpiry)),
            Table.Cell(text: String(record.login.generation)),
            Table.Cell(text: lastRefresh(record.login.id)),
            Table.Cell(text: record.possibleSignInEnd.map(time.pointAndDistance) ?? "-"),
            Table.Cell(text: advice?.command ?? "-", color: advice == nil ? nil : .warning),
        ]
    }

    private func cells(_ damaged: DamagedProfile) -> [Table.Cell] {
        [
            Table.Cell(text: "  " + damaged.shownName), Table.Cell(text: "-"),
            Table.Cell(text: "✕ \(ProfileText.damagedState)", color: .bad), Table.Cell(text: "-"),
            Table.Cell(text: "-"),
            Table.Cell(text: "-"), Table.Cell(text: "-"),
            Table.Cell(text: damaged.error.pastableSuggestion ?? "-", color: .warning),
        ]
    }

    private func lastRefresh(_ login: Login.ID) -> String {
        guard let row = state.snapshot?.lastExchange(of: login) else { return "-" }
        let ago = TimeText.duration(max(0, -time.secondsLeft(until: row.at)))
        let failure = row.event == .refreshFailed || row.event == .outcomeUnknown ? "✕ " : ""
        return "\(failure)\(ago) ago" + (row.requester.map { " by \($0)" } ?? "")
    }

    /// Breaks a text at blanks into at most so many lines. The last one is cut.
    static func wrapped(_ text: String, to width: Int, lines limit: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let isEmpty = lines[lines.count - 1].isEmpty
            if isEmpty || lines[lines.count - 1].count + 1 + word.count <= width || lines.count == limit {
                lines[lines.count - 1] += (isEmpty ? "" : " ") + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.map { $0.shortened(to: width) }
    }
}
