import Testing
import TradeStationSessions

/// Compares the table of kill points in the article with the source code. `Tests/Rig/test_article.py` compares the rest
/// of the table with the expectations of the rig.
@Suite struct HowARefreshWorksTests {
    /// The points at which the rig holds a request with a proxy, outside the process.
    private static let proxyPoints: Set = [
        "request_half_written", "request_written", "server_processed_reply_unread", "reply_half_read",
    ]

    /// The names in the first column of the table.
    private func names() throws -> [String] {
        try Article(name: "HowARefreshWorks").text().compactMap { line in
            let cells = line.split(separator: "|")
            guard cells.count == 5 else { return nil }
            return cells[0].firstMatch(of: #/`([a-z0-9_]+)`/#).map { String($0.1) }
        }
    }

    @Test func `the table contains every kill point once, the points of the proxy, and no others`() throws {
        let names = try names()
        #expect(Set(names).count == names.count)
        #expect(Set(names) == Self.proxyPoints.union(KillPoint.allCases.map(\.rawValue)))
    }

    @Test func `the table lists the kill points in the order in which a refresh reaches them`() throws {
        let names = try names().filter { !Self.proxyPoints.contains($0) }
        #expect(names == KillPoint.allCases.map(\.rawValue))
    }

    @Test func `the article describes steps 0 to 9 in order`() throws {
        let steps = try Article(name: "HowARefreshWorks").text().compactMap { line in
            line.firstMatch(of: #/^\*\*Step (\d):/#).map { String($0.1) }
        }
        #expect(steps == (0...9).map(String.init))
    }
}
