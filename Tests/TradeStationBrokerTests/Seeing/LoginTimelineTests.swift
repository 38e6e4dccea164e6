import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite struct LoginTimelineTests {
    private typealias Store = SampleStore

    @Test func `each set of tokens is a bar from its exchange to its expiry`() throws {
        let rows = [
            Store.row("signed_in", -3000, generation: (0, 1), expiresIn: -1800),
            Store.row("refresh_started", -2000),
            Store.row("refresh_succeeded", -1999, generation: (1, 2), expiresIn: -800, waiters: 4),
            Store.row("refresh_succeeded", -900, login: 2, generation: (7, 8), expiresIn: 300),
            Store.row("recovered", -900, generation: (2, 3), expiresIn: 300),
        ]
        let timeline = LoginTimeline(rows, of: try Store.record(generation: 3))
        #expect(timeline.generations.map(\.number) == [1, 2, 3])
        #expect(timeline.generations.map(\.born) == [Store.at(-3000), Store.at(-1999), Store.at(-900)])
        #expect(timeline.generations.map(\.ends) == [Store.at(-1800), Store.at(-800), Store.at(300)])
        #expect(timeline.marks.map(\.kind) == [.signedIn, .refreshed, .recovered])
        #expect(timeline.marks[1].waiters == 4)
        #expect(timeline.marks[1].requester == "bot")
        #expect(timeline.marks[1].milliseconds == 120)
        #expect(timeline.outages.isEmpty)
    }

    @Test func `tokens from before the first row are a bar without a birth`() throws {
        let timeline = LoginTimeline([], of: try Store.record(generation: 5, expiresIn: 60))
        #expect(timeline.generations.count == 1)
        #expect(timeline.generations[0].number == 5)
        #expect(timeline.generations[0].born == nil)
    }

    @Test func `an outage lasts from the first failure to the next new tokens`() throws {
        let rows = [
            Store.row("refresh_failed", -500, outcome: "server_unreachable"),
            Store.row("outcome_unknown", -400, outcome: "outcome_unknown"),
            Store.row("refresh_succeeded", -300, generation: (1, 2), expiresIn: 900),
            Store.row("refresh_failed", -100, outcome: "server_error", httpStatus: 503),
        ]
        let timeline = LoginTimeline(rows, of: try Store.record(failures: 1, generation: 2))
        #expect(timeline.outages.map(\.start) == [Store.at(-500), Store.at(-100)])
        #expect(timeline.outages.map(\.end) == [Store.at(-300), nil])
        #expect(timeline.outages.map(\.reason) == ["server_unreachable", "server_error (HTTP 503)"])
        #expect(timeline.marks.map(\.kind) == [.failed, .unknown, .refreshed, .failed])
    }

    @Test func `a process that died is a mark, but no outage`() throws {
        let rows = [Store.row("outcome_unknown", -50, outcome: "process_died")]
        let timeline = LoginTimeline(rows, of: try Store.record())
        #expect(timeline.marks.map(\.kind) == [.unknown])
        #expect(timeline.outages.isEmpty)
    }

    @Test func `a pause that the server asked for is shown, at most five minutes of it`() throws {
        let rows = [
            Store.row("refresh_failed", -900, outcome: "rate_limited", detail: #"{"retry_after_seconds":"60"}"#),
            Store.row("refresh_succeeded", -800, generation: (1, 2), expiresIn: 900),
            Store.row("refresh_failed", -500, outcome: "rate_limited", detail: #"{"retry_after_seconds":"86400"}"#),
        ]
        let timeline = LoginTimeline(rows, of: try Store.record())
        #expect(timeline.pauses.map(\.start) == [Store.at(-900), Store.at(-500)])
        #expect(timeline.pauses.map(\.end) == [Store.at(-840), Store.at(-200)])
    }

    @Test func `the pause that lasts now ends when the store says`() throws {
        let rows = [Store.row("refresh_failed", -10, outcome: "server_error")]
        let timeline = LoginTimeline(rows, of: try Store.record(failures: 3, notBefore: 25))
        #expect(timeline.pauses.map(\.end) == [Store.at(25)])
    }

    @Test func `a sign-out ends what is valid`() throws {
        let rows = [
            Store.row("signed_in", -600, generation: (0, 1), expiresIn: 600),
            Store.row("signed_out", -300, generation: (1, 2)),
        ]
        let timeline = LoginTimeline(rows, of: try Store.record(state: .new, generation: 2, expiresIn: nil))
        #expect(timeline.generations.map(\.ends) == [Store.at(-300)])
        #expect(timeline.marks.map(\.kind) == [.signedIn, .signedOut])
    }

    @Test func `the end of the sign-in is that of the login`() throws {
        #expect(LoginTimeline([], of: try Store.record(signInEndsIn: 7000)).signInEnd == Store.at(7000))
        #expect(LoginTimeline([], of: try Store.record()).signInEnd == nil)
    }
}
