import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite struct HeadlineTests {
    private func headline(_ profiles: [ProfileRecord], damaged: [DamagedProfile] = [], now: Timestamp = SampleStore.now)
        -> Headline
    {
        Headline(ProfileListing(profiles: profiles, damaged: damaged), now: now)
    }

    @Test func `profiles that need nothing are counted`() throws {
        let shown = headline([try SampleStore.record(), try SampleStore.record("paper", attempt: true)])
        #expect(shown.text == "2 of 2 ready.")
        #expect(shown.commands.isEmpty)
    }

    @Test func `a store without profiles says so`() {
        #expect(headline([]).text == "There is no profile yet.")
    }

    @Test func `a profile whose user must sign in is named with the next opening and the command`() throws {
        let ready = try (1...5).map { try SampleStore.record("p\($0)", login: Int64($0)) }
        let shown = headline(
            ready + [try SampleStore.record("swing", login: 6, state: .needsLogin, lastError: "invalid_grant")]
        )
        #expect(shown.text == "5 of 6 ready; swing must be signed in before Mon 09:30 ET.")
        #expect(shown.commands == ["tsaccounts login swing"])
    }

    @Test func `while the exchange is open, the sign-in is due now`() throws {
        let monday = try #require(Timestamp("2026-11-30T15:00:00Z"))
        let shown = headline([try SampleStore.record(state: .needsLogin, lastError: "x")], now: monday)
        #expect(shown.text == "0 of 1 ready; swing must be signed in now: NYSE is open.")
    }

    @Test(arguments: [
        // 09:31 on Sunday in UTC; NYSE opens 28 h 59 min later and closes 6 h 30 min after that.
        (3600, "1 of 1 ready; swing must be signed in before Mon 09:30 ET."),
        (30 * 3600, "1 of 1 ready; swing must be signed in before Mon 10:31 ET."), (36 * 3600, "1 of 1 ready."),
    ])
    func `a sign-in that ends before the exchange closes is named before it ends`(_ seconds: Int64, _ text: String)
        throws
    {
        #expect(headline([try SampleStore.record(signInEndsIn: seconds)]).text == text)
    }

    @Test func `profiles of one login need one command`() throws {
        let records = try ["a", "b"].map { try SampleStore.record($0, state: .held) }
        let shown = headline(records)
        #expect(shown.text == "0 of 2 ready; a, b must be signed in before Mon 09:30 ET.")
        #expect(shown.commands == ["tsaccounts login a"])
    }

    @Test func `the most urgent comes first, and long lists are cut`() throws {
        let failing = try (1...5).map {
            try SampleStore.record("f\($0)", login: Int64($0), failures: 1, lastError: "server_unreachable")
        }
        let refused = try SampleStore.record("key", login: 8, keyState: .badClient)
        let shown = headline(failing + [refused], damaged: [SampleStore.damaged("old")])
        #expect(
            shown.text
                == "0 of 7 ready; old is damaged; key cannot be refreshed, because the sign-in server refuses the "
                + "API key; f1, f2, f3 and 2 more are degraded: refreshing fails."
        )
        #expect(shown.commands.first == "tsaccounts remove old")
        #expect(shown.commands.contains("tsaccounts refresh f1"))
    }
}
