import Testing
import TradeStationModel

@testable import TradeStationSessions

@Suite struct TurnQueueTests {
    private static func turn(_ login: Int64, at time: Int64) -> TurnQueue.Turn {
        TurnQueue.Turn(at: time, login: Login.ID(rawValue: login))
    }

    @Test func `the turn that has been due the longest comes first, and none before its time`() {
        var queue = TurnQueue()
        #expect(queue.next == nil)
        #expect(queue.popDue(at: .max) == nil)
        for (login, time) in [(1, 30), (2, 10), (3, 20), (4, 10)] as [(Int64, Int64)] {
            queue.add(Self.turn(login, at: time))
        }
        #expect(queue.next == 10)
        #expect(queue.popDue(at: 9) == nil)
        #expect((0..<4).map { _ in queue.popDue(at: 20)?.login.rawValue } == [2, 4, 3, nil])
        #expect(queue.next == 30)
    }

    @Test func `sixteen turns are under way at once, and the others follow in the order in which they are due`() {
        var queue = TurnQueue()
        for login in 1...40 as ClosedRange<Int64> { queue.add(Self.turn(login, at: login)) }
        var begun: [Int64] = []
        while let turn = queue.popDue(at: 100) {
            queue.noteBegin()
            begun.append(turn.login.rawValue)
        }
        #expect(begun == Array(1...16))
        #expect(queue.next == nil)
        queue.noteEnd()
        #expect(queue.popDue(at: 100)?.login.rawValue == 17)
    }

    @Test func `only the time that was planned last begins a turn, and none begins during another`() {
        var turn = FreshnessTurn()
        let first = turn.plan(at: 10)
        let second = turn.plan(at: 20)
        #expect(first && second)
        let outdated = turn.begin(plannedAt: 10)
        let current = turn.begin(plannedAt: 20)
        #expect(!outdated && current)
        let during = turn.plan(at: 30)
        #expect(!during)
        turn.end()
        let after = turn.plan(at: 30)
        #expect(after)
    }

    @Test func `trouble is news once, and so is its end`() {
        var turn = FreshnessTurn()
        let news = [.serverError, .serverError, .rateLimited, nil, nil].map { turn.noteTrouble($0) }
        #expect(news == [true, false, true, true, false])
    }
}
