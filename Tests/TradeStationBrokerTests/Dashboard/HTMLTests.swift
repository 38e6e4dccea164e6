import Testing

@testable import TradeStationBroker

@Suite struct HTMLTests {
    @Test func `text and attributes are escaped, and cannot hide or turn around what follows`() throws {
        let hostile = "</td><script>alert('x')</script>&\" \u{202E}\u{0}\u{7}onload=\"y"
        let source = HTML.element("p", ["title": hostile], [HTML(hostile), "<b>"]).source
        #expect(!source.dropFirst(2).dropLast(4).contains("<"))
        #expect(!source.contains("\u{202E}"))
        #expect(!source.contains("\u{0}"))
        let page = try Markup(source)
        #expect(page.all.map(\.name) == ["", "p"])
        #expect(page.all("p")[0].attributes.keys.sorted() == ["title"])
        #expect(page.all("p")[0].text == "</td><script>alert('x')</script>&\"    onload=\"y<b>")
    }

    @Test func `attributes without a value are left out`() {
        #expect(HTML.element("a", ["href": "?x=1", "id": nil], ["t"]).source == "<a href=\"?x=1\">t</a>")
    }
}
