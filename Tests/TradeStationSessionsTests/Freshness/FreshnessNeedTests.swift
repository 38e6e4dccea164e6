import Testing
import TradeStationModel

@testable import TradeStationSessions

@Suite struct FreshnessNeedTests {
    private static let now = LoginFixture.now

    /// What a login needs, as text with times in seconds from now.
    private static func need(_ stored: StoredLogin) -> String {
        switch FreshnessNeed(of: stored, now: now) {
        case .rest(let until): "rest \((until - now.bootMilliseconds) / 1000)"
        case .wait(let milliseconds): "wait \(milliseconds / 1000)"
        case .refresh(.ahead(let generation)): "refresh \(generation)"
        case .refresh(let intent): "\(intent)"
        case .userAction(let error): "\(error.code)"
        }
    }

    // Login 1 has a soft window of 307 s at a life of 1200 s.
    @Test func `a login rests until its soft window begins, and is refreshed then`() throws {
        let window = RefreshPolicy.softWindow(lifetimeSeconds: 1200, login: Login.ID(rawValue: 1))
        #expect(window / 1000 == 307)
        #expect(Self.need(try LoginFixture.stored(life: 1200)) == "rest 892")
        #expect(Self.need(try LoginFixture.stored(life: 308)) == "rest 0")
        #expect(Self.need(try LoginFixture.stored(life: 307)) == "refresh 3")
        #expect(Self.need(try LoginFixture.stored(life: -7200)) == "refresh 3")
        #expect(Self.need(try LoginFixture.stored(life: nil, generation: 0)) == "refresh 0")
    }

    @Test func `a login whose access token does not open is refreshed at once`() throws {
        var stored = try LoginFixture.stored(life: 1200)
        stored.tokens?.accessToken = Secret("")
        #expect(Self.need(stored) == "refresh 3")
    }

    @Test(arguments: [
        (1800, "rest 892"), (1200, "rest 800"), (600, "rest 400"), (60, "rest 40"), (0, "refresh 3"),
        (-600, "refresh 3"),
    ])
    func `a refresh token that ends earlier makes the refresh due at two thirds of its life`(
        _ seconds: Int64,
        _ need: String
    ) throws {
        var stored = try LoginFixture.stored(life: 1200)
        stored.login.refreshExpiresAt = Self.now.wall.advanced(byMilliseconds: seconds * 1000)
        #expect(Self.need(stored) == need)
    }

    @Test func `a token that one of the clocks counts as expired is refreshed`() throws {
        func need(wall: Int64, boot: Int64) throws -> String {
            var stored = try LoginFixture.stored(life: 1200)
            stored.tokens?.expiresAt = Moment(
                wall: Self.now.wall.advanced(byMilliseconds: wall * 1000),
                bootID: Self.now.bootID,
                bootMilliseconds: Self.now.bootMilliseconds + boot * 1000
            )
            return Self.need(stored)
        }
        #expect(try need(wall: 1100, boot: 1100) == "rest 792")
        // The machine was paused, and its wall clock was set forward afterwards.
        #expect(try need(wall: -2500, boot: 1100) == "refresh 3")
        // The wall clock was set back.
        #expect(try need(wall: 4700, boot: 1100) == "refresh 3")
        // The boot clock began again with the same boot id.
        #expect(try need(wall: 600, boot: 864_000) == "refresh 3")
    }

    @Test func `a login whose process may have died during a refresh does not rest`() throws {
        var stored = try LoginFixture.stored(life: 1200)
        stored.login.attempt = Attempt(id: LoginFixture.attemptID, startedAt: Self.now.wall)
        #expect(Self.need(stored) == "refresh 3")
        stored.login.notBefore = Self.now.wall.advanced(byMilliseconds: 7000)
        #expect(Self.need(stored) == "wait 7")
    }

    @Test func `failures and pauses are waited out, and what only the user can repair is reported`() throws {
        func need(
            _ state: Login.State = .ready,
            notBefore: Int64? = nil,
            keyNotBefore: Int64? = nil,
            key: APIKey.State = .ready,
            refreshToken: String? = "r3"
        ) throws -> String {
            Self.need(
                try LoginFixture.stored(
                    life: 100,
                    state: state,
                    refreshToken: refreshToken,
                    failures: 1,
                    notBefore: notBefore,
                    keyNotBefore: keyNotBefore,
                    key: key
                )
            )
        }
        #expect(try need() == "refresh 3")
        #expect(try need(notBefore: 7000) == "wait 7")
        #expect(try need(keyNotBefore: 120_000) == "wait 120")
        // Longer than any pause that is stored: the wall clock was set back.
        #expect(try need(notBefore: 3_600_000) == "refresh 3")
        #expect(try need(key: .badClient) == "client_rejected")
        #expect(try need(.new) == "login_required")
        #expect(try need(.needsLogin) == "login_required")
        #expect(try need(.held) == "login_required")
        #expect(try need(refreshToken: nil) == "login_required")
    }

    @Test func `an answer in the side file is saved at any time`() throws {
        var stored = try LoginFixture.stored(life: 1200)
        stored.staged = LoginFixture.staged(try #require(stored.tokens))
        #expect(Self.need(stored) == "validity(milliseconds: 0)")
    }

    @Test func `a token that is already due when it arrives is not exchanged in a loop`() {
        #expect(FreshnessNeed.pauseAfterSuccess(lifetimeSeconds: 1200) == 5000)
        #expect(FreshnessNeed.pauseAfterSuccess(lifetimeSeconds: 4) == 2000)
        #expect(FreshnessNeed.pauseAfterSuccess(lifetimeSeconds: 1) == 500)
    }
}
