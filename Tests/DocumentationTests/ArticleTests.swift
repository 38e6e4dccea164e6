import ArgumentParser
import Testing

@testable import tsaccounts

/// Compares the articles with the code that is compiled here.
@Suite struct ArticleTests {
    @Test(arguments: Article.all)
    func `the article contains exactly the Swift code that is compiled`(article: Article) throws {
        let shown = try article.blocks("swift")
        let compiled = try article.compiled()
        #expect(shown.map(\.body) == compiled)
        let code = try article.code()
        for line in shown.flatMap(\.imports) {
            #expect(code.contains(line), "\(article) has an import that its code does not have")
        }
    }

    @Test func `all articles are found`() {
        #expect(Article.all.count >= 8)
    }

    @Test(arguments: Article.all)
    func `every command line in a code block is valid`(article: Article) throws {
        for line in try article.blocks("sh").flatMap(\.commands) + article.blocks("ini").flatMap(\.commands) {
            guard let command = line.firstMatch(of: #/(?:^|[ /])tsaccounts (?<arguments>[^|>#]+)/#) else { continue }
            try parse(String(command.arguments))
        }
    }

    @Test(arguments: Article.all)
    func `every command within a sentence is valid`(article: Article) throws {
        for line in try article.text() {
            for command in line.matches(of: #/`tsaccounts (?<arguments>[^`]+)`/#) {
                try parse(String(command.arguments))
            }
        }
    }

    private func parse(_ line: String) throws {
        let arguments = line.split(separator: " ").map { String($0.trimmingPrefix("\"").prefix { $0 != "\"" }) }
        #expect(throws: Never.self, "tsaccounts \(line)") { _ = try Tsaccounts.parseAsRoot(arguments) }
    }
}
