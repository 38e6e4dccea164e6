import ArgumentParser
import Testing

@testable import tsaccounts

/// What articles show is what is compiled here, and nothing else.
@Suite struct ArticleTests {
    @Test(arguments: Article.all)
    func `every block of Swift is compiled, and every compiled block is shown`(article: Article) throws {
        let shown = try article.blocks("swift")
        let compiled = try article.compiled()
        #expect(shown.map(\.body) == compiled)
        let code = try article.code()
        for line in shown.flatMap(\.imports) {
            #expect(code.contains(line), "\(article) imports what its code does not")
        }
    }

    @Test func `there are articles`() {
        #expect(Article.all.count >= 8)
    }

    @Test(arguments: Article.all)
    func `every command line is one that is understood`(article: Article) throws {
        for line in try article.blocks("sh").flatMap(\.commands) + article.blocks("ini").flatMap(\.commands) {
            guard let command = line.firstMatch(of: #/(?:^|[ /])tsaccounts (?<arguments>[^|>#]+)/#) else { continue }
            try understand(String(command.arguments))
        }
    }

    @Test(arguments: Article.all)
    func `every command within a sentence is one that is understood`(article: Article) throws {
        for line in try article.text() {
            for command in line.matches(of: #/`tsaccounts (?<arguments>[^`]+)`/#) {
                try understand(String(command.arguments))
            }
        }
    }

    private func understand(_ line: String) throws {
        let arguments = line.split(separator: " ").map { String($0.trimmingPrefix("\"").prefix { $0 != "\"" }) }
        #expect(throws: Never.self, "tsaccounts \(line)") { _ = try Tsaccounts.parseAsRoot(arguments) }
    }
}
