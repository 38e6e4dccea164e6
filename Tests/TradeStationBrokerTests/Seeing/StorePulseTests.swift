import Testing

@testable import TradeStationBroker

@Suite struct StorePulseTests {
    @Test func `a new audit row is a change at once, and without one there is a change every 15 seconds`() {
        var pulse = StorePulse(now: 0)
        #expect(pulse.beat(newest: 7, now: 0) == .changed)
        #expect(pulse.beat(newest: 7, now: 1000) == nil)
        #expect(pulse.beat(newest: 8, now: 2000) == .changed)
        #expect(pulse.beat(newest: 8, now: 6999) == nil)
        #expect(pulse.beat(newest: 8, now: 7000) == .alive)
        #expect(pulse.beat(newest: 8, now: 12_000) == .alive)
        #expect(pulse.beat(newest: 8, now: 17_000) == .changed)
    }

    @Test func `an audit that can no longer be read, or can be again, is a change`() {
        var pulse = StorePulse(now: 0)
        _ = pulse.beat(newest: 7, now: 0)
        #expect(pulse.beat(newest: nil, now: 1) == .changed)
        #expect(pulse.beat(newest: nil, now: 2) == nil)
        #expect(pulse.beat(newest: 7, now: 3) == .changed)
    }
}
