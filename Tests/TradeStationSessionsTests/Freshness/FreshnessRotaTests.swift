import Testing
import TradeStationModel

@testable import TradeStationSessions

@Suite struct FreshnessRotaTests {
    private static func login(_ number: Int) -> Login.ID { Login.ID(rawValue: Int64(number)) }

    @Test func `sixteen are in hand at once, and the others come in the order in which they are due`() {
        var rota = FreshnessRota()
        for number in 1...40 { rota.plan(Self.login(number), at: Int64(number)) }
        #expect(rota.takeDue(at: 100) == (1...16).map(Self.login))
        #expect(rota.takeDue(at: 100) == [])
        #expect(rota.nextTurn == nil)
        rota.finish(Self.login(9), next: 500)
        #expect(rota.nextTurn == 17)
        #expect(rota.takeDue(at: 100) == [Self.login(17)])
    }

    @Test func `one that is in hand is not taken again before it is finished`() {
        var rota = FreshnessRota()
        rota.plan(Self.login(1), at: 10)
        #expect(rota.takeDue(at: 10) == [Self.login(1)])
        #expect(!rota.isIdle)
        rota.plan(Self.login(1), at: 10)
        #expect(rota.takeDue(at: 10) == [])
        rota.finish(Self.login(1), next: 30)
        #expect(rota.isIdle)
        #expect(rota.nextTurn == 30)
        #expect(rota.takeDue(at: 29) == [])
        #expect(rota.takeDue(at: 30) == [Self.login(1)])
        rota.finish(Self.login(1), next: nil)
        #expect(rota.nextTurn == nil)
    }
}
