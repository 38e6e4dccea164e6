import Testing
import TradeStationModel

@testable import TradeStationSessions

@Suite struct RefreshScheduleTests {
    @Test func `the login that has been due for the longest time comes first, and none before its time`() {
        var schedule = RefreshSchedule()
        #expect(schedule.next == nil)
        #expect(schedule.popDue(at: .max) == nil)
        for (login, dueAt) in [(1, 30), (2, 10), (3, 20), (4, 10)] as [(Int64, Int64)] {
            schedule.set(Login.ID(rawValue: login), dueAt: dueAt)
        }
        #expect(schedule.next == 10)
        #expect(schedule.popDue(at: 9) == nil)
        #expect((0..<4).map { _ in schedule.popDue(at: 20)?.rawValue } == [2, 4, 3, nil])
        #expect(schedule.next == 30)
    }

    @Test func `a login can be moved either way and taken out`() {
        var schedule = RefreshSchedule()
        for login in 1...3 as ClosedRange<Int64> { schedule.set(Login.ID(rawValue: login), dueAt: login * 10) }
        schedule.set(Login.ID(rawValue: 1), dueAt: 25)
        #expect(schedule.next == 20)
        schedule.set(Login.ID(rawValue: 3), dueAt: 5)
        #expect(schedule.next == 5)
        schedule.remove(Login.ID(rawValue: 3))
        schedule.remove(Login.ID(rawValue: 99))
        #expect(schedule.count == 2)
        #expect((0..<3).map { _ in schedule.popDue(at: 100)?.rawValue } == [2, 1, nil])
    }

    @Test func `whatever happens to it, it agrees with a list that is sorted every time`() {
        var generator = SplitMix(state: 42)
        var schedule = RefreshSchedule()
        var list: [Int64: Int64] = [:]
        for _ in 0..<20_000 {
            let login = Int64.random(in: 0..<300, using: &generator)
            let time = Int64.random(in: 0..<1000, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0:
                schedule.remove(Login.ID(rawValue: login))
                list[login] = nil
            case 1:
                let due = list.filter { $0.value <= time }.min { ($0.value, $0.key) < ($1.value, $1.key) }
                #expect(schedule.popDue(at: time)?.rawValue == due?.key)
                if let due { list[due.key] = nil }
            default:
                schedule.set(Login.ID(rawValue: login), dueAt: time)
                list[login] = time
            }
            #expect(schedule.next == list.values.min())
            #expect(schedule.count == list.count)
        }
    }
}

/// Numbers that are the same in every run.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
