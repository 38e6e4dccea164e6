/// An element of a page, as a browser would read it. Reading fails if the tags are not balanced.
struct Markup {
    struct Malformed: Error {
        let what: String
    }

    let name: String
    let attributes: [String: String]
    private(set) var children: [Markup] = []
    /// The text of the element and of those in it.
    private(set) var text = ""

    private init(_ name: String, _ attributes: [String: String]) {
        self.name = name
        self.attributes = attributes
    }

    /// The elements of a page, in a root without a name.
    init(_ page: String) throws {
        var open = [Markup("", [:])]
        var rest = page[...]
        while !rest.isEmpty {
            let text = rest.prefix { $0 != "<" }
            open[open.count - 1].text += Self.unescaped(String(text))
            rest = rest.dropFirst(text.count)
            guard let end = rest.firstIndex(of: ">") else { break }
            let tag = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("!") { continue }
            if tag.hasPrefix("/") {
                let closed = open.removeLast()
                guard closed.name == tag.dropFirst(), !open.isEmpty else { throw Malformed(what: String(tag)) }
                open[open.count - 1].add(closed)
                continue
            }
            let element = try Self.element(String(tag))
            if ["meta", "link"].contains(element.name) {
                open[open.count - 1].add(element)
            } else {
                open.append(element)
            }
        }
        guard open.count == 1 else { throw Malformed(what: "open: \(open.map(\.name))") }
        self = open[0]
    }

    private mutating func add(_ child: Markup) {
        children.append(child)
        text += child.text
    }

    /// All elements, this one first.
    var all: [Markup] { [self] + children.flatMap(\.all) }

    /// All elements with a name.
    func all(_ name: String) -> [Markup] { all.filter { $0.name == name } }

    /// The element with an id.
    func element(id: String) -> Markup? { all.first { $0.attributes["id"] == id } }

    /// All elements with a role.
    func all(role: String) -> [Markup] { all.filter { $0.attributes["role"] == role } }

    /// The texts of the cells of a table, row by row, without the titles.
    func cells(ofTable label: String) -> [[String]] {
        let table = all(role: "table").first { $0.attributes["aria-label"] == label }
        return (table?.all(role: "row") ?? []).dropFirst().map { row in
            row.children.map { $0.text.split(separator: " ").joined(separator: " ") }
        }
    }

    private static func element(_ tag: String) throws -> Markup {
        let name = tag.prefix { $0 != " " }
        var attributes: [String: String] = [:]
        var rest = tag.dropFirst(name.count).drop { $0 == " " }
        while !rest.isEmpty {
            let key = rest.prefix { $0 != "=" }
            rest = rest.dropFirst(key.count)
            guard rest.hasPrefix("=\"") else { throw Malformed(what: tag) }
            rest = rest.dropFirst(2)
            let value = rest.prefix { $0 != "\"" }
            guard attributes.updateValue(unescaped(String(value)), forKey: String(key)) == nil else {
                throw Malformed(what: tag)
            }
            rest = rest.dropFirst(value.count + 1).drop { $0 == " " }
        }
        return Markup(String(name), attributes)
    }

    private static func unescaped(_ text: String) -> String {
        text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
    }
}
