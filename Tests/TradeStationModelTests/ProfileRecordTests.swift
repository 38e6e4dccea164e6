import Testing
import TradeStationModel

@Suite struct ProfileRecordTests {
    private static let now = Timestamp(milliseconds: 1_791_279_060_000)

    private func record(
        refreshEndsIn: Int64? = nil,
        signInEndsIn: Int64? = nil,
        idle: Int = 1800,
        rotation: APIKey.Rotation = .rotating,
        signedInAgo: Int64? = nil
    ) throws -> ProfileRecord {
        var registration = try ClientRegistration.tradeStation(clientID: "k", authentication: .post)
        registration.rotationLimits.idleSeconds = idle
        let key = APIKey(
            id: .init(rawValue: 1),
            registration: registration,
            rotation: rotation,
            state: .ready,
            lastError: nil,
            notBefore: nil,
            createdAt: Self.now
        )
        let login = Login(
            id: .init(rawValue: 1),
            apiKeyID: key.id,
            identity: Identity(),
            scopes: "",
            state: .ready,
            generation: 2,
            accessExpiresAt: nil,
            signedInAt: signedInAgo.map { Self.now.advanced(byMilliseconds: -$0 * 1000) },
            refreshExpiresAt: refreshEndsIn.map { Self.now.advanced(byMilliseconds: $0 * 1000) },
            absoluteExpiresAt: signInEndsIn.map { Self.now.advanced(byMilliseconds: $0 * 1000) },
            attempt: nil,
            failures: 0,
            lastError: nil,
            notBefore: nil,
            createdAt: Self.now
        )
        let profile = Profile(
            id: .init(rawValue: 1),
            name: try ProfileName("swing"),
            loginID: login.id,
            environment: .sim,
            apiVersion: .v3,
            apiURL: nil,
            isReadOnly: false,
            accounts: nil,
            createdAt: Self.now
        )
        return ProfileRecord(profile: profile, login: login, apiKey: key)
    }

    @Test func `the name of a record is the name of its profile`() throws {
        #expect(try record(refreshEndsIn: nil, signInEndsIn: nil).name == ProfileName("swing"))
    }

    @Test(arguments: [(Int64?.none, false), (7200, false), (7199, true), (-1, true)])
    func `a sign-in ends soon in its last two hours`(left: Int64?, warns: Bool) throws {
        #expect(try record(refreshEndsIn: nil, signInEndsIn: left).endsSoon(at: Self.now) == warns)
    }

    @Test(arguments: [(300, 1800, false), (299, 1800, true), (299, 900, false), (149, 900, true), (-5, 1800, true)])
    func `an unused refresh token ends soon in the last sixth of its lifetime`(
        left: Int64,
        idle: Int,
        warns: Bool
    ) throws {
        #expect(try record(refreshEndsIn: left, signInEndsIn: 80_000, idle: idle).endsSoon(at: Self.now) == warns)
    }

    @Test func `a sign-in that may have ended is never ready`() throws {
        func state(_ record: ProfileRecord) -> ProfileState { record.state(at: Self.now) }
        #expect(state(try record(refreshEndsIn: 1, signInEndsIn: 1)) == .ready)
        #expect(state(try record(refreshEndsIn: 0, signInEndsIn: 80_000)) == .degraded)
        #expect(state(try record(refreshEndsIn: 900, signInEndsIn: -1)) == .degraded)
    }

    @Test func `until a refresh shows whether a key rotates, the limits count from the sign-in`() throws {
        for (ago, state, warns) in [
            (0, ProfileState.ready, false), (1400, .ready, false), (1501, .ready, true), (1800, .degraded, true),
        ] {
            let unknown = try record(rotation: .unknown, signedInAgo: Int64(ago))
            #expect(unknown.state(at: Self.now) == state)
            #expect(unknown.endsSoon(at: Self.now) == warns)
            let known = try record(rotation: .static, signedInAgo: Int64(ago))
            #expect(known.state(at: Self.now) == .ready)
            #expect(!known.endsSoon(at: Self.now))
        }
        #expect(try record(idle: 60, rotation: .unknown, signedInAgo: 61).state(at: Self.now) == .degraded)
        #expect(try record(idle: 0, rotation: .unknown, signedInAgo: 86_399).state(at: Self.now) == .ready)
        #expect(try record(idle: 0, rotation: .unknown, signedInAgo: 86_400).state(at: Self.now) == .degraded)
        #expect(try record(rotation: .unknown).state(at: Self.now) == .ready)
    }
}
