/// Lines of code without their common indentation.
struct CodeBlock: Equatable, CustomStringConvertible {
    private let lines: [Substring]

    /// The lines as one text.
    var description: String { lines.joined(separator: "\n") }

    /// The lines as an array.
    var commands: [String] { lines.map(String.init) }

    init(_ lines: [Substring]) {
        let indentation = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        self.lines = lines.map { $0.dropFirst(indentation) }
    }

    /// The blocks between two marker lines with any indentation.
    static func between(_ begin: String, and end: String, in lines: [Substring]) -> [CodeBlock] {
        var blocks: [CodeBlock] = []
        var open: [Substring]?
        for line in lines {
            let mark = line.drop { $0 == " " }
            if let block = open, mark == end {
                blocks.append(CodeBlock(block))
                open = nil
            } else if open != nil {
                open?.append(line)
            } else if mark == begin {
                open = []
            }
        }
        return blocks
    }

    /// The import lines.
    var imports: [Substring] { lines.filter { $0.hasPrefix("import ") } }

    /// The block without its imports.
    var body: CodeBlock { CodeBlock(Array(lines.filter { !$0.hasPrefix("import ") }.drop { $0.isEmpty })) }
}
