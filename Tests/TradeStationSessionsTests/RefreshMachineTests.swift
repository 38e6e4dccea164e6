import Testing
import TradeStationModel
import TradeStationOAuth

@testable import TradeStationSessions

@Suite(.serialized) struct RefreshMachineTests {
    static let now = Moment(wall: Timestamp(milliseconds: 1_791_279_060_000), bootID: "b", bootMilliseconds: 1_000_000)

    /// A login with a token of 20 minutes of which `life` seconds are left.
    static func stored(
        life: Double? = 1200,
        state: Login.State = .ready,
        generation: Int = 3,
        refreshToken: String? = "r3",
        failures: Int = 0,
        notBefore: Int64? = nil,
        keyNotBefore: Int64? = nil,
        key: APIKey.State = .ready
    ) throws -> StoredLogin {
        let url = try EndpointURL("https://signin.tradestation.com/oauth/token")
        let registration = ClientRegistration(
            clientID: "id",
            authentication: .post,
            authorizeURL: url,
            tokenURL: url,
            revokeURL: nil
        )
        let login = Login(
            id: .init(rawValue: 1),
            apiKeyID: .init(rawValue: 1),
            identity: Identity(),
            scopes: "openid",
            state: state,
            generation: generation,
            accessExpiresAt: nil,
            signedInAt: nil,
            refreshExpiresAt: nil,
            absoluteExpiresAt: nil,
            attempt: nil,
            failures: failures,
            lastError: failures > 0 ? "server_error" : nil,
            notBefore: notBefore.map { now.wall.advanced(byMilliseconds: $0) },
            createdAt: now.wall
        )
        let apiKey = APIKey(
            id: .init(rawValue: 1),
            registration: registration,
            rotation: .unknown,
            state: key,
            lastError: nil,
            notBefore: keyNotBefore.map { now.wall.advanced(byMilliseconds: $0) },
            createdAt: now.wall
        )
        let tokens = life.map { life in
            TokenSet(
                accessToken: Secret("a3"),
                refreshToken: refreshToken.map { Secret($0) },
                idToken: nil,
                expiresAt: now.advanced(byMilliseconds: Int64(life * 1000)),
                lifetimeSeconds: 1200
            )
        }
        return StoredLogin(
            login: login,
            apiKey: apiKey,
            clientSecret: Secret("s"),
            tokens: tokens,
            refreshToken: refreshToken.map { Secret($0) },
            staged: nil
        )
    }

    /// What a machine decides, in one word.
    static func decision(
        _ intent: RefreshIntent,
        _ stored: StoredLogin,
        startGeneration: Int = 3,
        remaining: Int64 = 30_000
    ) -> String {
        let machine = RefreshMachine(intent: intent, startGeneration: startGeneration)
        switch machine.step(for: stored, now: now, remainingMilliseconds: remaining) {
        case .deliver(let result): return "deliver \(result.outcome.rawValue)"
        case .recover: return "recover"
        case .pause(let milliseconds): return "pause \(milliseconds)"
        case .send(let token, let retry): return "send \(token.exposed) \(retry)"
        case .fail(let error): return error.code.rawValue
        }
    }

    @Test func `a token is served while it has the hard minimum, and exchanged below it`() throws {
        #expect(try Self.decision(.validity(milliseconds: 0), Self.stored(life: 1200)) == "deliver fresh")
        #expect(try Self.decision(.validity(milliseconds: 0), Self.stored(life: 60)) == "deliver fresh")
        #expect(try Self.decision(.validity(milliseconds: 0), Self.stored(life: 59.999)) == "send r3 0")
        #expect(try Self.decision(.validity(milliseconds: 0), Self.stored(life: -1)) == "send r3 0")
        #expect(try Self.decision(.validity(milliseconds: 0), Self.stored(life: nil)) == "send r3 0")
    }

    @Test func `a caller's own minimum is honoured as long as a fresh token can meet it`() throws {
        let stored = try Self.stored(life: 700)
        #expect(Self.decision(.validity(milliseconds: 600_000), stored) == "deliver fresh")
        #expect(Self.decision(.validity(milliseconds: 900_000), stored) == "send r3 0")
        #expect(Self.decision(.validity(milliseconds: 1_200_000), stored) == "min_validity_too_long")
    }

    @Test func `a generation that came since the flight began is adopted`() throws {
        #expect(
            try Self.decision(.validity(milliseconds: 0), Self.stored(generation: 4), startGeneration: 3)
                == "deliver adopted"
        )
        #expect(try Self.decision(.newer(than: 3), Self.stored(generation: 4)) == "deliver adopted")
        #expect(try Self.decision(.newer(than: 3), Self.stored(generation: 3)) == "send r3 0")
        #expect(try Self.decision(.attempt(unlessNewerThan: 3), Self.stored(generation: 4)) == "deliver adopted")
        #expect(try Self.decision(.attempt(unlessNewerThan: 3), Self.stored()) == "send r3 0")
    }

    @Test func `a login that is set aside hands out nothing`() throws {
        #expect(
            try Self.decision(.validity(milliseconds: 0), Self.stored(life: 1200, state: .held)) == "login_required"
        )
    }

    @Test(arguments: [(Login.State.new, "login_required"), (.needsLogin, "login_required")])
    func `a login without a usable grant fails with nothing sent, unless its token still lives`(
        _ state: Login.State,
        _ code: String
    ) throws {
        #expect(try Self.decision(.validity(milliseconds: 0), Self.stored(life: 1, state: state)) == code)
        #expect(try Self.decision(.attempt(unlessNewerThan: 3), Self.stored(state: state)) == code)
        #expect(try Self.decision(.validity(milliseconds: 0), Self.stored(life: 300, state: state)) == "deliver fresh")
    }

    @Test func `a refused key is not asked again, unless somebody insists`() throws {
        let stored = try Self.stored(life: 0, key: .badClient)
        #expect(Self.decision(.validity(milliseconds: 0), stored) == "client_rejected")
        #expect(Self.decision(.attempt(unlessNewerThan: 3), stored) == "send r3 0")
    }

    @Test func `backoff is waited out within the deadline, and passed over by a requested refresh`() throws {
        let failing = try Self.stored(life: 0, failures: 2, notBefore: 6000)
        #expect(Self.decision(.validity(milliseconds: 0), failing) == "pause 6000")
        #expect(Self.decision(.validity(milliseconds: 0), failing, remaining: 5000) == "backing_off")
        #expect(Self.decision(.attempt(unlessNewerThan: 3), failing) == "send r3 0")
    }

    @Test func `a pause the server asked for binds everybody, but no longer than five minutes`() throws {
        let paused = try Self.stored(life: 0, keyNotBefore: 20_000)
        #expect(Self.decision(.validity(milliseconds: 0), paused) == "pause 20000")
        #expect(Self.decision(.attempt(unlessNewerThan: 3), paused) == "pause 20000")
        #expect(Self.decision(.attempt(unlessNewerThan: 3), paused, remaining: 10_000) == "rate_limited")
        #expect(
            try Self.decision(.validity(milliseconds: 0), Self.stored(life: 0, keyNotBefore: 900_000)) == "send r3 0"
        )
        #expect(try Self.decision(.validity(milliseconds: 0), Self.stored(life: 0, keyNotBefore: -1)) == "send r3 0")
    }

    @Test func `what a dead process left is saved before anything is sent`() throws {
        var stored = try Self.stored(life: 0)
        stored.staged = StagedTokens(
            parentGeneration: 3,
            attemptID: String(repeating: "0", count: 32),
            tokens: try #require(stored.tokens),
            identity: Identity(),
            rotation: .rotating
        )
        #expect(Self.decision(.validity(milliseconds: 0), stored) == "recover")
    }

    @Test func `without a refresh token there is nothing to send`() throws {
        #expect(
            try Self.decision(.validity(milliseconds: 0), Self.stored(life: 0, refreshToken: nil)) == "login_required"
        )
    }

    // MARK: Verdicts

    static func verdict(
        _ kind: TokenFailure.Kind,
        attempts: Int = 1,
        status: Int? = nil,
        retryAfter: Int? = nil,
        salvaged: String? = nil,
        remaining: Int64 = 30_000
    ) throws -> RefreshMachine.Verdict {
        var machine = RefreshMachine(intent: .validity(milliseconds: 0), startGeneration: 3)
        for _ in 0..<attempts { machine.willSend() }
        let failure = TokenFailure(
            kind: kind,
            httpStatus: status,
            retryAfterSeconds: retryAfter,
            salvagedRefreshToken: salvaged.map { Secret($0) }
        )
        return machine.verdict(
            on: failure,
            stored: try stored(life: 0),
            now: now,
            jitter: 0.5,
            remainingMilliseconds: remaining
        )
    }

    @Test func `an unknown outcome is replayed twice with the same token, then given up`() throws {
        guard case .replay(500, let first) = try Self.verdict(.outcomeUnknown, attempts: 1) else {
            Issue.record("no first replay")
            return
        }
        // Should this process end in the pause, nobody else asks at once.
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
    func `only a true invalid_grant needs a login, and only a client error condemns the key`(
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

    @Test func `a replay that cannot be waited for within the deadline is not begun`() throws {
        guard case .giveUp = try Self.verdict(.outcomeUnknown, attempts: 2, remaining: 1500) else {
            Issue.record("not given up")
            return
        }
    }

    @Test func `a refresh token in an unusable answer is kept, and the failure is waited out`() throws {
        guard case .salvage(let token, let failure) = try Self.verdict(.outcomeUnknown, status: 200, salvaged: "r4")
        else {
            Issue.record("not salvaged")
            return
        }
        #expect(token == Secret("r4"))
        #expect(failure.notBefore != nil)
        #expect(!failure.needsLogin)
    }

    @Test func `a pause that the server names is kept to`() throws {
        guard case .giveUp(let failure) = try Self.verdict(.rateLimited, status: 429, retryAfter: 17) else {
            Issue.record("not given up")
            return
        }
        #expect(failure.keyNotBefore == Self.now.wall.advanced(byMilliseconds: 17_000))
        #expect(failure.notBefore == Self.now.wall.advanced(byMilliseconds: 5500))
    }
}
