import TradeStationSessions

/// A piece of HTML or SVG. Its only markup is that of ``element(_:_:_:)``: any other text is escaped, so that no name or
/// message can add markup.
struct HTML: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// The text as it is sent.
    let source: String

    /// Text, which is escaped.
    init(_ text: String) {
        source = Self.escaped(text)
    }

    init(stringLiteral text: String) {
        self.init(text)
    }

    private init(source: String) {
        self.source = source
    }

    /// An element. Attributes without a value are left out.
    static func element(
        _ name: StaticString,
        _ attributes: KeyValuePairs<StaticString, String?> = [:],
        _ content: [HTML] = []
    ) -> HTML {
        let listed = attributes.compactMap { name, value in value.map { " \(name)=\"\(escaped($0))\"" } }.joined()
        let isVoid = ["meta", "link"].contains("\(name)")
        let inner = content.map(\.source).joined()
        return HTML(source: isVoid ? "<\(name)\(listed)>" : "<\(name)\(listed)>\(inner)</\(name)>")
    }

    /// A whole page.
    static func document(_ head: [HTML], _ body: [HTML]) -> String {
        let page = element("html", ["lang": "en"], [element("head", [:], head), element("body", [:], body)])
        return "<!doctype html>\n" + page.source + "\n"
    }

    /// Pieces one after another, with a separator between them.
    static func list(_ pieces: [HTML], separator: HTML = ", ") -> [HTML] {
        Array(pieces.map { [$0] }.joined(separator: [separator]))
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            // Nothing may hide, or change the direction of the text around it.
            case _ where !scalar.isVisible: escaped += " "
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
