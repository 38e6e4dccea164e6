import Testing
import TradeStationModel

@testable import TradeStationSessions

@Suite struct CheckQueueTests {
    private static func entry(_ login: Int64, at time: Int64) -> CheckQueue.Entry {
        CheckQueue.Entry(at: time, login: Login.ID(rawValue: login))
    }

    @Test func `the check that has been due the longest comes first, and none before its time`() {
        var queue = CheckQueue()
        #expect(queue.next == nil)
        #expect(queue.popDue(at: .max) == nil)
        for (login, time) in [(1, 30), (2, 10), (3, 20), (4, 10)] as [(Int64, Int64)] {
            queue.add(Self.entry(login, at: time))
        }
        #expect(queue.next == 10)
        #expect(queue.popDue(at: 9) == nil)
        #expect((0..<4).map { _ in queue.popDue(at: 20)?.login.rawValue } == [2, 4, 3, nil])
        #expect(queue.next == 30)
    }

    @Test func `sixteen checks run at once, and the others follow in the order in which they are due`() {
        var queue = CheckQueue()
        for login in 1...40 as ClosedRange<Int64> { queue.add(Self.entry(login, at: login)) }
        var started: [Int64] = []
        while let entry = queue.popDue(at: 100) {
            queue.recordStart()
            started.append(entry.login.rawValue)
        }
        #expect(started == Array(1...16))
        #expect(queue.next == nil)
        queue.recordEnd()
        #expect(queue.popDue(at: 100)?.login.rawValue == 17)
    }

    @Test func `a check starts only at the time that was scheduled last, and not while another one runs`() {
        var schedule = CheckSchedule()
        let first = schedule.schedule(at: 10)
        let second = schedule.schedule(at: 20)
        #expect(first && second)
        let outdated = schedule.start(scheduledAt: 10)
        let current = schedule.start(scheduledAt: 20)
        #expect(!outdated && current)
        let during = schedule.schedule(at: 30)
        #expect(!during)
        schedule.end()
        let after = schedule.schedule(at: 30)
        #expect(after)
    }

    @Test func `a failure is reported once, and so is its end`() {
        var schedule = CheckSchedule()
        let changes = [.serverError, .serverError, .rateLimited, nil, nil].map { schedule.recordFailure($0) }
        #expect(changes == [true, false, true, true, false])
    }
}
