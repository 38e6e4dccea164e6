import Testing
import TradeStationModel
import TradeStationOAuth

@testable import TradeStationSessions

@Suite struct StreamMachineTests {
    private func opened() -> StreamMachine {
        var machine = StreamMachine()
        _ = machine.opened(at: 0)
        return machine
    }

    @Test func `pauses double from half a second to half a minute, less up to half`() {
        let longest: [Int64] = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]
        #expect((1...8).map { StreamMachine.pause(failures: $0, fraction: 0) } == longest)
        #expect(StreamMachine.pause(failures: 1, fraction: 0.5) == 375)
        #expect(StreamMachine.pause(failures: 1000, fraction: 0.999) == 15_014)
    }

    @Test func `only a stream that lasted ends a series of failures`() {
        var machine = opened()
        #expect(machine.interrupted(by: .goAway, at: 10, fraction: 0) == .reopen(afterMilliseconds: 500))
        #expect(machine.opened(at: 1000) == .goAway)
        #expect(machine.interrupted(by: .connectionLost, at: 30_999, fraction: 0) == .reopen(afterMilliseconds: 1000))
        #expect(machine.unanswered(.notConnected, fraction: 0) == .reopen(afterMilliseconds: 2000))
        #expect(machine.opened(at: 40_000) == .connectionLost)
        #expect(machine.interrupted(by: .silence, at: 70_000, fraction: 0) == .reopen(afterMilliseconds: 500))
    }

    @Test func `the first opening says what is in its way`() {
        var machine = StreamMachine()
        #expect(machine.unanswered(.notConnected, fraction: 0) == .stop)
        #expect(machine.unanswered(.timedOut, fraction: 0) == .stop)
        #expect(machine.refused(status: 503, pause: nil, canRenew: true, fraction: 0) == .stop)
        #expect(machine.withheld(.serverUnreachable, fraction: 0) == .stop)
        #expect(machine.unanswered(.connectionLost, fraction: 0) == .reopen(afterMilliseconds: 500))
        #expect(machine.unanswered(.connectionLost, fraction: 0) == .stop)
        #expect(machine.opened(at: 0) == nil)
    }

    @Test func `a stream that was open waits out what passes and stops at what does not`() {
        for status in [408, 500, 502, 503, 504] {
            var machine = opened()
            let step = machine.refused(status: status, pause: nil, canRenew: true, fraction: 0)
            #expect(step == .reopen(afterMilliseconds: 500))
        }
        for status in [204, 302, 307, 400, 403, 404, 414] {
            var machine = opened()
            #expect(machine.refused(status: status, pause: 9, canRenew: true, fraction: 0) == .stop)
        }
        for code in [AccountsError.Code.loginRequired, .fenced, .closed, .clientRejected, .profileNotFound] {
            var machine = opened()
            #expect(machine.withheld(code, fraction: 0) == .stop)
        }
        var machine = opened()
        #expect(machine.withheld(.backingOff, fraction: 0) == .reopen(afterMilliseconds: 500))
    }

    @Test func `a token is renewed once for an opening, and only if that may help`() {
        var machine = opened()
        #expect(machine.refused(status: 401, pause: nil, canRenew: false, fraction: 0) == .stop)
        #expect(machine.refused(status: 401, pause: nil, canRenew: true, fraction: 0) == .renew)
        #expect(machine.refused(status: 401, pause: nil, canRenew: true, fraction: 0) == .stop)
        _ = machine.opened(at: 0)
        #expect(machine.refused(status: 401, pause: nil, canRenew: true, fraction: 0) == .renew)
    }

    @Test func `an open stream's token is renewed once, and again only after a stream that lasted`() {
        func refused(_ machine: inout StreamMachine, at now: Int64, canRenew: Bool = true) -> StreamMachine.Step {
            machine.tokenRefused(lives: true, canRenew: canRenew, at: now, fraction: 0)
        }
        var machine = opened()
        #expect(refused(&machine, at: 10) == .reopen(afterMilliseconds: 500))
        #expect(machine.opened(at: 1000) == .tokenRefused)
        // What else happens meanwhile does not count for it.
        #expect(machine.interrupted(by: .goAway, at: 2000, fraction: 0) == .reopen(afterMilliseconds: 1000))
        #expect(machine.opened(at: 4000) == .goAway)
        #expect(refused(&machine, at: 33_999) == .stop)
        machine = opened()
        #expect(refused(&machine, at: 10) == .reopen(afterMilliseconds: 500))
        #expect(machine.opened(at: 1000) == .tokenRefused)
        #expect(refused(&machine, at: 31_000) == .reopen(afterMilliseconds: 500))
        machine = opened()
        #expect(refused(&machine, at: 40_000, canRenew: false) == .stop)
        // A token whose time is over is no trial, however often.
        machine = opened()
        for _ in 1...3 {
            #expect(machine.tokenRefused(lives: false, canRenew: true, at: 40_000, fraction: 0) != .stop)
            _ = machine.opened(at: 40_000)
        }
    }

    @Test func `a 429 that says when is waited out and is no failure`() {
        var machine = StreamMachine()
        _ = machine.opened(at: 0)
        for _ in 0..<5 {
            let step = machine.refused(status: 429, pause: 90_000, canRenew: true, fraction: 0)
            #expect(step == .reopen(afterMilliseconds: 90_000))
        }
        let step = machine.refused(status: 429, pause: nil, canRenew: true, fraction: 0)
        #expect(step == .reopen(afterMilliseconds: 500))
    }

    @Test func `a stream that was never open waits for its turn for a minute`() {
        var machine = StreamMachine()
        for expected in [
            StreamMachine.Step.reopen(afterMilliseconds: 30_000), .reopen(afterMilliseconds: 30_000), .stop,
        ] {
            #expect(machine.refused(status: 429, pause: 30_000, canRenew: true, fraction: 0) == expected)
        }
        var hasty = StreamMachine()
        #expect(hasty.refused(status: 429, pause: 61_000, canRenew: true, fraction: 0) == .stop)
    }
}
