/// Some lines of code without the indentation that they have in common.
struct CodeBlock: Equatable, CustomStringConvertible {
    private let lines: [Substring]

    /// The lines, one below the other.
    var description: String { lines.joined(separator: "\n") }

    /// The lines one by one.
    var commands: [String] { lines.map(String.init) }

    init(_ lines: [Substring]) {
        let indentation = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        self.lines = lines.map { $0.dropFirst(indentation) }
    }

    /// The blocks between two lines, whatever the indentation of these.
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

    /// What modules it imports.
    var imports: [Substring] { lines.filter { $0.hasPrefix("import ") } }

    /// The same without its imports, which stand at the top of a file.
    var body: CodeBlock { CodeBlock(Array(lines.filter { !$0.hasPrefix("import ") }.drop { $0.isEmpty })) }
}
