import Testing
import TradeStationModel
import TradeStationOAuth

@testable import TradeStationSessions

@Suite struct StreamMachineTests {
    private func openMachine() -> StreamMachine {
        var machine = StreamMachine()
        _ = machine.handleOpening(at: 0)
        return machine
    }

    @Test func `pauses double from half a second to half a minute and are reduced by up to half`() {
        let longest: [Int64] = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]
        #expect((1...8).map { StreamMachine.pause(failures: $0, jitter: 0) } == longest)
        #expect(StreamMachine.pause(failures: 1, jitter: 0.5) == 375)
        #expect(StreamMachine.pause(failures: 1000, jitter: 0.999) == 15_014)
    }

    @Test func `only a connection that lasted ends a series of failures`() {
        var machine = openMachine()
        #expect(machine.handleInterruption(.goAway, at: 10, jitter: 0) == .reopen(afterMilliseconds: 500))
        #expect(machine.handleOpening(at: 1000) == .goAway)
        #expect(machine.handleInterruption(.connectionLost, at: 30_999, jitter: 0) == .reopen(afterMilliseconds: 1000))
        #expect(machine.handleFailure(.notConnected, jitter: 0) == .reopen(afterMilliseconds: 2000))
        #expect(machine.handleOpening(at: 40_000) == .connectionLost)
        #expect(machine.handleInterruption(.silence, at: 70_000, jitter: 0) == .reopen(afterMilliseconds: 500))
    }

    @Test func `a stream that was never open reports its failure to the caller`() {
        var machine = StreamMachine()
        #expect(machine.handleFailure(.notConnected, jitter: 0) == .stop)
        #expect(machine.handleFailure(.timedOut, jitter: 0) == .stop)
        #expect(machine.handleRefusal(status: 503, pause: nil, canRenew: true, jitter: 0) == .stop)
        #expect(machine.handleMissingToken(.serverUnreachable, jitter: 0) == .stop)
        #expect(machine.handleFailure(.connectionLost, jitter: 0) == .reopen(afterMilliseconds: 500))
        #expect(machine.handleFailure(.connectionLost, jitter: 0) == .stop)
        #expect(machine.handleOpening(at: 0) == nil)
    }

    @Test func `a stream that was open retries temporary failures and stops at others`() {
        for status in [408, 500, 502, 503, 504] {
            var machine = openMachine()
            let step = machine.handleRefusal(status: status, pause: nil, canRenew: true, jitter: 0)
            #expect(step == .reopen(afterMilliseconds: 500))
        }
        for status in [204, 302, 307, 400, 403, 404, 414] {
            var machine = openMachine()
            #expect(machine.handleRefusal(status: status, pause: 9, canRenew: true, jitter: 0) == .stop)
        }
        for code in [AccountsError.Code.loginRequired, .fenced, .closed, .clientRejected, .profileNotFound] {
            var machine = openMachine()
            #expect(machine.handleMissingToken(code, jitter: 0) == .stop)
        }
        var machine = openMachine()
        #expect(machine.handleMissingToken(.backingOff, jitter: 0) == .reopen(afterMilliseconds: 500))
    }

    @Test func `the token is renewed once for each opening, and only if a newer one may help`() {
        var machine = openMachine()
        #expect(machine.handleRefusal(status: 401, pause: nil, canRenew: false, jitter: 0) == .stop)
        #expect(machine.handleRefusal(status: 401, pause: nil, canRenew: true, jitter: 0) == .renew)
        #expect(machine.handleRefusal(status: 401, pause: nil, canRenew: true, jitter: 0) == .stop)
        _ = machine.handleOpening(at: 0)
        #expect(machine.handleRefusal(status: 401, pause: nil, canRenew: true, jitter: 0) == .renew)
    }

    @Test func `the token of an open stream is renewed once, and again only after the stream has lasted`() {
        func refuse(_ machine: inout StreamMachine, at now: Int64, canRenew: Bool = true) -> StreamMachine.Step {
            machine.handleTokenRefusal(isUnexpired: true, canRenew: canRenew, at: now, jitter: 0)
        }
        var machine = openMachine()
        #expect(refuse(&machine, at: 10) == .reopen(afterMilliseconds: 500))
        #expect(machine.handleOpening(at: 1000) == .tokenRefused)
        // An interruption for another reason does not reset this.
        #expect(machine.handleInterruption(.goAway, at: 2000, jitter: 0) == .reopen(afterMilliseconds: 1000))
        #expect(machine.handleOpening(at: 4000) == .goAway)
        #expect(refuse(&machine, at: 33_999) == .stop)
        machine = openMachine()
        #expect(refuse(&machine, at: 10) == .reopen(afterMilliseconds: 500))
        #expect(machine.handleOpening(at: 1000) == .tokenRefused)
        #expect(refuse(&machine, at: 31_000) == .reopen(afterMilliseconds: 500))
        machine = openMachine()
        #expect(refuse(&machine, at: 40_000, canRenew: false) == .stop)
        // Renewing an expired token does not count, however often.
        machine = openMachine()
        for _ in 1...3 {
            #expect(machine.handleTokenRefusal(isUnexpired: false, canRenew: true, at: 40_000, jitter: 0) != .stop)
            _ = machine.handleOpening(at: 40_000)
        }
    }

    @Test func `a 429 that names a pause is not a failure`() {
        var machine = StreamMachine()
        _ = machine.handleOpening(at: 0)
        for _ in 0..<5 {
            let step = machine.handleRefusal(status: 429, pause: 90_000, canRenew: true, jitter: 0)
            #expect(step == .reopen(afterMilliseconds: 90_000))
        }
        let step = machine.handleRefusal(status: 429, pause: nil, canRenew: true, jitter: 0)
        #expect(step == .reopen(afterMilliseconds: 500))
    }

    @Test func `a stream that was never open waits at most a minute after 429 answers`() {
        var machine = StreamMachine()
        for expected in [
            StreamMachine.Step.reopen(afterMilliseconds: 30_000), .reopen(afterMilliseconds: 30_000), .stop,
        ] {
            #expect(machine.handleRefusal(status: 429, pause: 30_000, canRenew: true, jitter: 0) == expected)
        }
        var impatient = StreamMachine()
        #expect(impatient.handleRefusal(status: 429, pause: 61_000, canRenew: true, jitter: 0) == .stop)
    }
}
