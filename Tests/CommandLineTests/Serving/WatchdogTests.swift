import Testing

@testable import tsaccounts

@Suite struct WatchdogTests {
    private static let variables = ["WATCHDOG_USEC": "9000000", "WATCHDOG_PID": "12"]

    @Test func `systemd gets a message only while every loop runs`() throws {
        var watchdog = try #require(Watchdog(environment: Self.variables, processID: 12, now: 100))
        #expect(watchdog.interval == 3000)
        #expect(watchdog.isAlive(at: 9099))
        #expect(!watchdog.isAlive(at: 9100))
        watchdog.beat(.profiles, at: 9000)
        #expect(!watchdog.isAlive(at: 9100))
        watchdog.beat(.refreshes, at: 9050)
        #expect(watchdog.isAlive(at: 17_999))
        #expect(!watchdog.isAlive(at: 18_000))
    }

    @Test(arguments: [
        [:], ["WATCHDOG_USEC": "x"], ["WATCHDOG_USEC": "0"], ["WATCHDOG_USEC": "1", "WATCHDOG_PID": "12"],
    ])
    func `without a usable time there is no watchdog`(environment: [String: String]) {
        #expect(Watchdog(environment: environment, processID: 12, now: 0) == nil)
    }

    @Test func `a watchdog of another process is not answered`() {
        #expect(Watchdog(environment: Self.variables, processID: 13, now: 0) == nil)
        #expect(Watchdog(environment: ["WATCHDOG_USEC": "9000000"], processID: 13, now: 0) != nil)
    }
}
