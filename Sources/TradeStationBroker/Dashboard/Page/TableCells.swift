/// Cells of the page's tables. The roles are written out: on a narrow window the style sheet shows rows as blocks, and
/// browsers then forget that they are rows.
enum TableCells {
    static func table(_ label: String, _ className: String, titles: [String], rows: [HTML]) -> HTML {
        let header = HTML.element(
            "tr",
            ["role": "row"],
            titles.map { .element("th", ["role": "columnheader", "scope": "col"], [HTML($0)]) }
        )
        return .element(
            "table",
            ["role": "table", "class": className, "aria-label": label],
            [
                .element("thead", ["role": "rowgroup"], [header]),
                .element("tbody", ["role": "rowgroup"], rows),
            ]
        )
    }

    static func row(_ cells: [HTML], className: String? = nil) -> HTML {
        .element("tr", ["role": "row", "class": className], cells)
    }

    /// A cell, with the title of its column for narrow windows.
    static func cell(_ title: String, _ content: [HTML], className: String? = nil) -> HTML {
        .element("td", ["role": "cell", "data-title": title, "class": className], content)
    }

    static func cell(_ title: String, _ text: String?) -> HTML { cell(title, [HTML(text ?? "-")]) }

    /// The cell that names its row.
    static func rowHeader(_ title: String, _ content: [HTML]) -> HTML {
        .element("th", ["role": "rowheader", "scope": "row", "data-title": title], content)
    }
}
