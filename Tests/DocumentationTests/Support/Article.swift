import Foundation

/// An article of the catalog, and the file that contains its code.
struct Article: CustomStringConvertible, Sendable {
    let name: String

    /// The name of the article.
    var description: String { name }

    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    static let catalog = tests.deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources/TradeStationSessions/Documentation.docc")

    /// Every article and every file of code. One of the two may be missing.
    static let all =
        (try? names(in: catalog, "md").union(names(in: tests.appendingPathComponent("Articles"), "swift")))
        .map { $0.sorted().map(Article.init) } ?? []

    private static func names(in directory: URL, _ pathExtension: String) throws -> Set<String> {
        let files = try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
        return Set(
            files.filter { $0.pathExtension == pathExtension }.map { $0.deletingPathExtension().lastPathComponent }
        )
    }

    /// The lines of the article.
    func text() throws -> [Substring] {
        try Self.lines(Self.catalog.appendingPathComponent(name + ".md"))
    }

    /// The lines of the file that contains its code. Empty for an article without code.
    func code() throws -> [Substring] {
        let file = Self.tests.appendingPathComponent("Articles/\(name).swift")
        return FileManager.default.fileExists(atPath: file.path) ? try Self.lines(file) : []
    }

    private static func lines(_ file: URL) throws -> [Substring] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The fenced code blocks of a language, in order.
    func blocks(_ language: String) throws -> [CodeBlock] {
        CodeBlock.between("```" + language, and: "```", in: try text())
    }

    /// The code between `// shown` and `// end` in its file, in order.
    func compiled() throws -> [CodeBlock] {
        CodeBlock.between("// shown", and: "// end", in: try code())
    }
}
