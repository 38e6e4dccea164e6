import Testing
import TradeStationModel

@Suite struct ProfileRecordTests {
    private static let now = Timestamp(milliseconds: 1_791_279_060_000)

    private func record(refreshEndsIn: Int64?, signInEndsIn: Int64?, idle: Int = 1800) throws -> ProfileRecord {
        var registration = try ClientRegistration.tradeStation(clientID: "k", authentication: .post)
        registration.rotationLimits.idleSeconds = idle
        let key = APIKey(
            id: .init(rawValue: 1),
            registration: registration,
            rotation: .rotating,
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
            signedInAt: nil,
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
}
