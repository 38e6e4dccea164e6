/// A page with one message, for example that the link was used.
struct DashboardNotice {
    let title: String
    let message: String
    /// A command to run.
    let command: String?

    /// The page as HTML.
    var text: String {
        var content: [HTML] = [.element("h1", [:], [HTML(title)]), .element("p", [:], [HTML(message)])]
        if let command { content.append(.element("p", [:], ["Try: ", LoginTable.command(command)])) }
        return HTML.document(Self.head(title: title, hasFiles: false), [.element("main", [:], content)])
    }

    /// The head of a page.
    ///
    /// - Parameter hasFiles: Whether the style sheet and the script stand beside the page.
    static func head(title: String, hasFiles: Bool = true) -> [HTML] {
        let files: [HTML] = [
            .element("link", ["rel": "stylesheet", "href": "dashboard.css"]),
            .element("script", ["src": "dashboard.js", "defer": ""]),
        ]
        return [
            .element("meta", ["charset": "utf-8"]),
            .element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
            .element("meta", ["name": "color-scheme", "content": "light dark"]),
            .element("title", [:], [HTML(title)]),
        ] + (hasFiles ? files : [])
    }
}
