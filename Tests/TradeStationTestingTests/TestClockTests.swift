import Testing
import TradeStationModel
import TradeStationTesting

/// The clock without emulator and sessions.
struct TestClockTests {
    @Test func `the clock moves only when it is moved, and boot and wall time move together`() {
        let clock = TestClock(wall: Timestamp(milliseconds: 5000), sinceBoot: .seconds(2))
        let before = clock.now()
        #expect(clock.now() == before)
        clock.advance(by: .milliseconds(1500))
        #expect(clock.bootMilliseconds() == 3500)
        #expect(clock.wallTime() == Timestamp(milliseconds: 6500))
        // Binary fractions lose no millisecond.
        clock.advance(by: .seconds(29.9))
        clock.advance(by: .seconds(0.1))
        #expect(clock.bootMilliseconds() == 33_500)
    }

    @Test func `a step of the wall clock does not change the time since boot`() {
        let clock = TestClock(wall: Timestamp(milliseconds: 5000), sinceBoot: .seconds(2))
        clock.stepWall(by: .seconds(-3))
        #expect(clock.bootMilliseconds() == 2000)
        #expect(clock.wallTime() == Timestamp(milliseconds: 2000))
    }

    @Test func `a sleeping task wakes when its time has come, not a millisecond earlier`() async throws {
        let clock = TestClock()
        let start = clock.bootMilliseconds()
        let sleepers = [Int64(10), 20].map { length in
            Task {
                try await clock.sleep(milliseconds: length)
                return clock.bootMilliseconds() - start
            }
        }
        try await clock.waitForSleeper(of: .milliseconds(10))
        try await clock.waitForSleeper(of: .milliseconds(20))
        clock.advance(by: .milliseconds(9))
        #expect(clock.sleeperCount == 2)
        clock.advance(by: .milliseconds(1))
        #expect(clock.sleeperCount == 1)
        #expect(try await sleepers[0].value == 10)
        clock.advance(by: .milliseconds(10))
        #expect(try await sleepers[1].value == 20)
        #expect(clock.sleeperCount == 0)
    }

    @Test func `a sleep of zero returns immediately, and a cancelled sleep throws`() async throws {
        let clock = TestClock()
        try await clock.sleep(milliseconds: 0)
        let sleeper = Task { try await clock.sleep(milliseconds: 1000) }
        try await clock.waitForSleeper()
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(clock.sleeperCount == 0)
    }

    @Test func `waiting for a sleeper can be cancelled`() async throws {
        let clock = TestClock()
        let waiter = Task { try await clock.waitForSleeper(of: .seconds(7)) }
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
    }

    @Test func `pauses are skipped one after the other, and a long sleep is not`() async throws {
        let clock = TestClock()
        let start = clock.bootMilliseconds()
        let long = Task { try await clock.sleep(milliseconds: 30_000) }
        try await clock.waitForSleeper()
        let result = try await clock.whileTimePasses {
            for milliseconds in [500, 2000, 29_999] { try await clock.sleep(milliseconds: Int64(milliseconds)) }
            return "done"
        }
        #expect(result == "done")
        // The skipped pauses add up to its time.
        try await long.value
        #expect(clock.bootMilliseconds() - start == 32_499)
    }

    @Test func `a custom limit skips longer pauses, and afterwards the clock stands still`() async throws {
        let clock = TestClock()
        try await clock.whileTimePasses(sleepingLessThan: .seconds(301)) {
            try await clock.sleep(milliseconds: 300_000)
        }
        let sleeper = Task { try await clock.sleep(milliseconds: 1) }
        try await clock.waitForSleeper()
        for _ in 0..<100 { await Task.yield() }
        #expect(clock.sleeperCount == 1)
        sleeper.cancel()
    }

    @Test func `a part of a longer sleep counts as that sleep, and ends on its own`() async throws {
        let clock = TestClock()
        let sleeper = Task { try await clock.sleep(milliseconds: 10_000, of: 60_000) }
        try await clock.waitForSleeper(of: .seconds(60))
        #expect(!clock.sleeps(for: .seconds(10)))
        let start = clock.bootMilliseconds()
        // A sleep of a minute is not skipped.
        await clock.whileTimePasses { await Task.yield() }
        #expect(clock.bootMilliseconds() == start)
        clock.advance(by: .seconds(10))
        try await sleeper.value
    }
}
