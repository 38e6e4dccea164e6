import Testing
import TradeStationModel
import TradeStationOAuth

@testable import TradeStationSessions

@Suite struct RefreshMachineTests {
    private static let now = LoginFixture.now

    /// The decision of a machine as text.
    static func decision(
        _ intent: RefreshIntent,
        _ stored: StoredLogin,
        heldGeneration: Int = 3,
        remaining: Int64 = 30_000
    ) -> String {
        let machine = RefreshMachine(intent: intent, heldGeneration: heldGeneration)
        switch machine.step(for: stored, now: now, remainingMilliseconds: remaining) {
        case .deliver(let result): return "deliver \(result.outcome.rawValue)"
        case .recover: return "recover"
        case .pause(let milliseconds): return "pause \(milliseconds)"
        case .send(let token, let retry): return "send \(token.exposed) \(retry)"
        case .fail(let error): return error.code.rawValue
        }
    }

    @Test func `a token is served down to the hard minimum, and exchanged below it`() throws {
        #expect(try Self.decision(.validity(milliseconds: 0), LoginFixture.stored(life: 1200)) == "deliver fresh")
        #expect(try Self.decision(.validity(milliseconds: 0), LoginFixture.stored(life: 60)) == "deliver fresh")
        #expect(try Self.decision(.validity(milliseconds: 0), LoginFixture.stored(life: 59.999)) == "send r3 0")
        #expect(try Self.decision(.validity(milliseconds: 0), LoginFixture.stored(life: -1)) == "send r3 0")
        #expect(try Self.decision(.validity(milliseconds: 0), LoginFixture.stored(life: nil)) == "send r3 0")
    }

    @Test func `a late result with another refresh token is saved once the current one was refused`() throws {
        for (token, state, expected) in [
            ("r4", Login.State.needsLogin, "recover"), ("r3", .needsLogin, "login_required"),
            ("r4", .ready, "send r3 0"),
        ] {
            var stored = try LoginFixture.stored(life: 0, state: state)
            stored.lateResult = LoginFixture.staged(LoginFixture.tokens(refreshToken: token, life: 600))
            #expect(Self.decision(.validity(milliseconds: 0), stored) == expected)
        }
    }

    @Test func `a caller gets the validity that it asks for if a new token can have it`() throws {
        let stored = try LoginFixture.stored(life: 700)
        #expect(Self.decision(.validity(milliseconds: 600_000), stored) == "deliver fresh")
        #expect(Self.decision(.validity(milliseconds: 900_000), stored) == "send r3 0")
        #expect(Self.decision(.validity(milliseconds: 1_200_000), stored) == "min_validity_too_long")
    }

    @Test func `a generation that was stored after the flight began is adopted`() throws {
        #expect(
            try Self.decision(.validity(milliseconds: 0), LoginFixture.stored(generation: 4), heldGeneration: 3)
                == "deliver adopted"
        )
        #expect(try Self.decision(.newer(than: 3), LoginFixture.stored(generation: 4)) == "deliver adopted")
        #expect(try Self.decision(.newer(than: 3), LoginFixture.stored(generation: 3)) == "send r3 0")
        #expect(
            try Self.decision(.attempt(unlessNewerThan: 3), LoginFixture.stored(generation: 4)) == "deliver adopted"
        )
        #expect(try Self.decision(.attempt(unlessNewerThan: 3), LoginFixture.stored()) == "send r3 0")
    }

    @Test func `a held login serves no token`() throws {
        #expect(
            try Self.decision(.validity(milliseconds: 0), LoginFixture.stored(life: 1200, state: .held))
                == "login_required"
        )
    }

    @Test func `a login whose stored tokens are an older copy serves and sends nothing, and says so`() throws {
        var stored = try LoginFixture.stored(life: 1200, state: .held)
        stored.login.lastError = "store_rolled_back"
        #expect(Self.decision(.validity(milliseconds: 0), stored) == "store_rolled_back")
        #expect(Self.decision(.attempt(unlessNewerThan: 3), stored) == "store_rolled_back")
    }

    @Test func `without a usable access token, a caller's validity is not compared with its lifetime`() throws {
        var stored = try LoginFixture.stored(life: 1200)
        stored.tokens?.accessToken = Secret("")
        stored.tokens?.lifetimeSeconds = 1
        #expect(Self.decision(.validity(milliseconds: 600_000), stored) == "send r3 0")
    }

    @Test(arguments: [(Login.State.new, "login_required"), (.needsLogin, "login_required")])
    func `a login without a usable grant serves its token while it lives, then fails without a request`(
        _ state: Login.State,
        _ code: String
    ) throws {
        #expect(try Self.decision(.validity(milliseconds: 0), LoginFixture.stored(life: 1, state: state)) == code)
        #expect(try Self.decision(.attempt(unlessNewerThan: 3), LoginFixture.stored(state: state)) == code)
        #expect(
            try Self.decision(.validity(milliseconds: 0), LoginFixture.stored(life: 300, state: state))
                == "deliver fresh"
        )
    }

    @Test func `a refused key is sent again only for a requested refresh`() throws {
        let stored = try LoginFixture.stored(life: 0, key: .badClient)
        #expect(Self.decision(.validity(milliseconds: 0), stored) == "client_rejected")
        #expect(Self.decision(.attempt(unlessNewerThan: 3), stored) == "send r3 0")
    }

    @Test
    func `a refresh waits for the end of a backoff within the deadline, and a requested refresh ignores the backoff`()
        throws
    {
        let failing = try LoginFixture.stored(life: 0, failures: 2, notBefore: 6000)
        #expect(Self.decision(.validity(milliseconds: 0), failing) == "pause 6000")
        #expect(Self.decision(.validity(milliseconds: 0), failing, remaining: 5000) == "backing_off")
        #expect(Self.decision(.attempt(unlessNewerThan: 3), failing) == "send r3 0")
    }

    @Test func `a pause that the server asks for applies to every refresh, but for five minutes at most`() throws {
        let paused = try LoginFixture.stored(life: 0, keyNotBefore: 20_000)
        #expect(Self.decision(.validity(milliseconds: 0), paused) == "pause 20000")
        #expect(Self.decision(.attempt(unlessNewerThan: 3), paused) == "pause 20000")
        #expect(Self.decision(.attempt(unlessNewerThan: 3), paused, remaining: 10_000) == "rate_limited")
        #expect(
            try Self.decision(.validity(milliseconds: 0), LoginFixture.stored(life: 0, keyNotBefore: 900_000))
                == "send r3 0"
        )
        #expect(
            try Self.decision(.validity(milliseconds: 0), LoginFixture.stored(life: 0, keyNotBefore: -1)) == "send r3 0"
        )
    }

    @Test func `the tokens that a crashed process left are saved before anything is sent`() throws {
        var stored = try LoginFixture.stored(life: 0)
        stored.staged = LoginFixture.staged(try #require(stored.tokens))
        #expect(Self.decision(.validity(milliseconds: 0), stored) == "recover")
    }

    @Test func `without a refresh token there is nothing to send`() throws {
        #expect(
            try Self.decision(.validity(milliseconds: 0), LoginFixture.stored(life: 0, refreshToken: nil))
                == "login_required"
        )
    }

    // MARK: Verdicts

    static func verdict(
        _ kind: TokenFailure.Kind,
        attempts: Int = 1,
        status: Int? = nil,
        retryAfter: Int? = nil,
        salvaged: String? = nil,
        remaining: Int64 = 30_000,
        intent: RefreshIntent = .validity(milliseconds: 0)
    ) throws -> RefreshMachine.Verdict {
        var machine = RefreshMachine(intent: intent, heldGeneration: 3)
        for _ in 0..<attempts { machine.countAttempt() }
        let failure = TokenFailure(
            kind: kind,
            httpStatus: status,
            retryAfterSeconds: retryAfter,
            salvagedRefreshToken: salvaged.map { Secret($0) }
        )
        return machine.verdict(
            on: failure,
            of: try LoginFixture.stored(life: 0),
            RefreshMachine.Situation(now: now, jitter: 0.5, remainingMilliseconds: remaining)
        )
    }

    @Test func `after an unknown outcome the same token is sent twice more, then the refresh fails`() throws {
        guard case .replay(500, let first) = try Self.verdict(.outcomeUnknown, attempts: 1) else {
            Issue.record("no first replay")
            return
        }
        // If this process ends during the pause, no other process asks at once.
        #expect(
            first == AttemptFailure(code: .serverUnreachable, notBefore: Self.now.wall.advanced(byMilliseconds: 5500))
        )
        guard case .replay(2000, _) = try Self.verdict(.outcomeUnknown, attempts: 2) else {
            Issue.record("no second replay")
            return
        }
        guard case .giveUp(let last) = try Self.verdict(.outcomeUnknown, attempts: 3) else {
            Issue.record("no end")
            return
        }
        #expect(
            last == AttemptFailure(code: .serverUnreachable, notBefore: Self.now.wall.advanced(byMilliseconds: 5500))
        )
    }

    @Test(arguments: TokenFailure.Kind.allCases)
    func `only invalid_grant needs a login, and only a client error marks the key as bad`(
        _ kind: TokenFailure.Kind
    ) throws {
        guard case .giveUp(let failure) = try Self.verdict(kind, attempts: 3, status: 400) else {
            Issue.record("\(kind) is not given up")
            return
        }
        #expect(failure.needsLogin == (kind == .invalidGrant))
        #expect(failure.isBadClient == (kind == .clientRejected))
        #expect((failure.keyNotBefore != nil) == (kind == .rateLimited))
    }

    @Test func `a replay whose pause does not end within the deadline is not begun`() throws {
        guard case .giveUp = try Self.verdict(.outcomeUnknown, attempts: 2, remaining: 1500) else {
            Issue.record("not given up")
            return
        }
    }

    @Test func `a refresh token in an unusable answer is kept, and the next refresh waits`() throws {
        guard case .salvage(let token, let failure) = try Self.verdict(.outcomeUnknown, status: 200, salvaged: "r4")
        else {
            Issue.record("not salvaged")
            return
        }
        #expect(token == Secret("r4"))
        #expect(failure.notBefore != nil)
        #expect(!failure.needsLogin)
    }

    @Test func `a requested refresh waits for the pause that its own request met, if it ends in time`() throws {
        let intent = RefreshIntent.attempt(unlessNewerThan: 3)
        guard
            case .waitOut(17_000, let failure) = try Self.verdict(
                .rateLimited,
                status: 429,
                retryAfter: 17,
                intent: intent
            )
        else {
            Issue.record("does not wait")
            return
        }
        #expect(failure.keyNotBefore == Self.now.wall.advanced(byMilliseconds: 17_000))
        guard case .giveUp = try Self.verdict(.rateLimited, status: 429, retryAfter: 31, intent: intent) else {
            Issue.record("not given up")
            return
        }
    }

    @Test func `a refresh keeps to the pause that the server names`() throws {
        guard case .giveUp(let failure) = try Self.verdict(.rateLimited, status: 429, retryAfter: 17) else {
            Issue.record("not given up")
            return
        }
        #expect(failure.keyNotBefore == Self.now.wall.advanced(byMilliseconds: 17_000))
        #expect(failure.notBefore == Self.now.wall.advanced(byMilliseconds: 5500))
    }
}
