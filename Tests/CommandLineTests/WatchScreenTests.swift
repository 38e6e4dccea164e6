import Foundation
import Testing
import TradeStationBroker
import TradeStationSessions
import TradeStationTesting

@testable import tsaccounts

@Suite struct WatchScreenTests {
    private static let sizes = [
        FullScreen.Size(columns: 80, rows: 24), FullScreen.Size(columns: 200, rows: 50),
        FullScreen.Size(columns: 40, rows: 12), FullScreen.Size(columns: 20, rows: 5),
        FullScreen.Size(columns: 8, rows: 2),
    ]

    private func lines(_ state: WatchState, _ size: FullScreen.Size, now: Timestamp, color: Bool = false) -> [String] {
        let display = Display(time: TimeText(now: now, zone: .utc), columns: size.columns, hasColor: color)
        return WatchScreen(state: state, display: display, size: size).lines
    }

    /// Makes profiles on one login, refreshes it, and runs `body` with what a watcher has read.
    private func withProfiles(_ count: Int, names: [String] = [], _ body: (WatchState, Timestamp) throws -> Void)
        async throws
    {
        let profiles = (1...count).map { number in
            TestProfile("p\(number < 10 ? "0" : "")\(number)", number % 2 == 0 ? .live : .sim)
        }
        try await withTradeStation(profiles: profiles) { tradeStation in
            let record = try await tradeStation.manager.registry.profile(named: ProfileName("p01"))
            _ = try await tradeStation.manager.refresh(record)
            var state = WatchState(names: try names.map { try ProfileName($0) })
            state.take(try await tradeStation.manager.snapshot(hours: 1, clock: tradeStation.clock))
            try body(state, tradeStation.clock.wallTime())
        }
    }

    @Test func `the lines fill every size of terminal, and none is too long`() async throws {
        for count in [1, 4, 60] {
            try await withProfiles(count) { state, now in
                for size in Self.sizes {
                    let shown = lines(state, size, now: now)
                    #expect(shown.count == size.rows, "\(count) profiles, \(size)")
                    #expect(shown.allSatisfy { $0.count <= size.columns }, "\(count) profiles, \(size)")
                }
            }
        }
    }

    @Test func `sentence, table, latest rows and keys are shown at 80 by 24`() async throws {
        try await withProfiles(2) { state, now in
            let shown = lines(state, Self.sizes[0], now: now)
            #expect(shown[0] == "2 of 2 ready.")
            #expect(shown[2].hasPrefix("  PROFILE  ENV   STATE    TOKEN"))
            #expect(shown[3].hasPrefix("> p01      sim   ● ready  20 min left"))
            #expect(shown[4].hasPrefix("  p02      LIVE  ● ready  20 min left"))
            #expect(shown.contains("LATEST"))
            #expect(shown.contains { $0.contains("p01: refresh succeeded") })
            #expect(shown[23].hasPrefix("q quit   s sort (name)   r refresh p01   ↑↓ select"))
        }
    }

    @Test func `the columns start at the same place in every row`() async throws {
        try await withProfiles(12) { state, now in
            let shown = lines(state, Self.sizes[1], now: now)
            let title = try #require(shown.firstIndex { $0.contains("PROFILE") })
            let place = try #require(shown[title].range(of: "STATE")?.lowerBound.utf16Offset(in: shown[title]))
            for row in shown[(title + 1)...(title + 12)] { #expect(Array(row)[place] == "●", "\(row)") }
        }
    }

    @Test func `the table scrolls with the selection`() async throws {
        try await withProfiles(60) { state, now in
            var state = state
            #expect(state.press(.last, now: now) == nil)
            let shown = lines(state, Self.sizes[0], now: now)
            #expect(shown.contains { $0.hasPrefix("> p60") })
            #expect(shown.contains { $0.hasPrefix("  PROFILE") })
            #expect(!shown.contains { $0.contains(" p01 ") })
        }
    }

    @Test func `without colors there is no escape sequence, and with them the words stay`() async throws {
        try await withProfiles(2) { state, now in
            let plain = lines(state, Self.sizes[0], now: now)
            #expect(!plain.joined().contains("\u{1B}"))
            let colored = lines(state, Self.sizes[0], now: now, color: true)
            #expect(colored.joined().contains("\u{1B}[32m● ready\u{1B}[0m"))
            #expect(colored.map { $0.replacing(/\u{1B}\[[0-9;]*m/, with: "") } == plain)
        }
    }

    @Test func `only the profiles that were named are shown and counted`() async throws {
        try await withProfiles(3, names: ["P02"]) { state, now in
            let shown = lines(state, Self.sizes[0], now: now)
            #expect(shown[0] == "1 of 1 ready.")
            #expect(shown.contains { $0.hasPrefix("> p02") })
            #expect(!shown.contains { $0.hasPrefix("  p01") })
        }
    }

    @Test func `keys select, sort, refresh and quit`() async throws {
        try await withProfiles(3) { state, now in
            var state = state
            #expect(state.press(.up, now: now) == nil)
            #expect(state.selection?.text == "p01")
            for key in [WatchKey.down, .down, .down] { #expect(state.press(key, now: now) == nil) }
            #expect(state.selection?.text == "p03")
            #expect(state.press(.sort, now: now) == nil)
            #expect(state.order == .state)
            #expect(state.selection?.text == "p03")
            let name = try ProfileName("p03")
            #expect(state.press(.refresh, now: now) == .refresh(name))
            #expect(state.message == "p03: refreshing…")
            #expect(state.press(.refresh, now: now) == nil)
            state.finish(name, "p03: done.")
            #expect(state.message == "p03: done.")
            #expect(state.press(.refresh, now: now) == .refresh(name))
            #expect(state.press(.quit, now: now) == .quit)
        }
    }

    @Test func `a store that cannot be read keeps what was shown, with the reason`() async throws {
        try await withProfiles(1) { state, now in
            var state = state
            state.fail("The database is busy. [store_busy]")
            let shown = lines(state, Self.sizes[0], now: now)
            #expect(shown[22] == "The database is busy. [store_busy]")
            #expect(shown.contains { $0.hasPrefix("> p01") })
            if let snapshot = state.snapshot { state.take(snapshot) }
            #expect(state.message == nil)
        }
    }

    @Test(arguments: [
        ("j", [WatchKey.down]), ("\u{1B}[A", [.up]), ("\u{1B}OB", [.down]), ("\u{1B}[1;5A", [.up]),
        ("\u{1B}[H\u{1B}[F", [.first, .last]),
        ("xyz", []), ("\u{1B}", []), ("\u{1B}[5~q", [.quit]), ("sr\u{C}", [.sort, .refresh, .redraw]), ("\u{1B}[", []),
    ])
    func `bytes of a terminal are keys`(_ text: String, _ keys: [WatchKey]) {
        #expect(WatchKey.keys(in: Array(text.utf8)) == keys)
    }

    @Test func `a sentence is broken at blanks, and its last line is cut`() {
        #expect(WatchScreen.wrapped("one two three four", to: 9, lines: 2) == ["one two", "three fo…"])
        #expect(WatchScreen.wrapped("one", to: 9, lines: 2) == ["one"])
        #expect(WatchScreen.wrapped("", to: 9, lines: 1) == [""])
    }
}
