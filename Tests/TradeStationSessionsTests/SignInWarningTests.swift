import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// The audit's warning before the sign-in of a rotating key ends.
@Suite(.stage(rotate: true, opens: .emptyStore)) struct SignInWarningTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    /// Whether each of the refreshes, one every twenty minutes, was followed by a warning.
    private func warnings(
        _ session: Session,
        refreshes: Int
    ) async throws -> [Bool] {
        var warned: [Bool] = []
        for _ in 0..<refreshes {
            stage.clock.advance(by: .seconds(1200))
            let before = try await stage.events(manager).filter { $0 == "sign_in_ends_soon" }.count
            _ = try await session.accessToken()
            warned.append(try await stage.events(manager).filter { $0 == "sign_in_ends_soon" }.count > before)
        }
        return warned
    }

    private func add(_ name: String, lasting seconds: Int) async throws {
        var key = try stage.keyRequest()
        key.absoluteSeconds = seconds
        _ = try await manager.registry.add(
            ProfileRequest(
                name: ProfileName(name),
                environment: .sim,
                apiURL: EndpointURL(stage.emulator.addresses.simURL),
                source: .key(key)
            ),
            interaction: stage.browser()
        )
    }

    @Test func `the first refresh within two hours of the end warns once, and once more after a new sign-in`()
        async throws
    {
        try await add("paper", lasting: 10_800)
        let session = try await manager.session(named: "paper")
        // The sign-in ends after 180 minutes. The refresh after 60 minutes is too early, that after 80 is not.
        #expect(
            try await warnings(session, refreshes: 6)
                == [false, false, false, true, false, false]
        )
        _ = try await manager.registry.signIn(ProfileName("paper"), interaction: stage.browser())
        #expect(
            try await warnings(session, refreshes: 5) == [false, false, false, true, false]
        )
    }

    @Test func `a sign-in that is shorter than the warning is warned about at its first refresh`() async throws {
        try await add("paper", lasting: 3600)
        let session = try await manager.session(named: "paper")
        #expect(try await warnings(session, refreshes: 2) == [true, false])
    }

    @Test func `every login of a key is warned about, also when another login has shown that the key rotates`()
        async throws
    {
        try await add("paper", lasting: 3600)
        try await stage.add("second", user: 1, to: manager)
        let first = try await manager.session(named: "paper")
        let second = try await manager.session(named: "second")
        #expect(try await warnings(first, refreshes: 1) == [true])
        _ = try await second.accessToken()
        let warned = try await manager.registry.auditRecords(AuditQuery()).filter {
            $0.text("event") == "sign_in_ends_soon"
        }
        #expect(warned.count == 2)
        #expect(Set(warned.compactMap { $0.integer("login_id") }).count == 2)
    }

    @Test func `an end that has moved closer is warned about again`() async throws {
        try await stage.add("paper", to: manager)
        let session = try await manager.session(named: "paper")
        #expect(try await warnings(session, refreshes: 1) == [false])
        try await manager.registry.change(ProfileName("paper"), KeyChange(absoluteSeconds: 7200))
        #expect(try await warnings(session, refreshes: 2) == [true, false])
    }

    @Test(.stage(opens: .emptyStore)) func `a key that does not rotate is never warned about`() async throws {
        try await add("paper", lasting: 3600)
        let session = try await manager.session(named: "paper")
        #expect(try await warnings(session, refreshes: 2) == [false, false])
    }

    @Test func `the row contains the end of the sign-in and the new generation`() async throws {
        let signedIn = stage.clock.wallTime()
        try await add("paper", lasting: 3600)
        _ = try await warnings(manager.session(named: "paper"), refreshes: 1)
        let row = try #require(
            try await manager.registry.auditRecords(AuditQuery()).last {
                $0.text("event") == "sign_in_ends_soon"
            }
        )
        #expect(row.text("expires_at") == signedIn.advanced(byMilliseconds: 3_600_000).description)
        #expect(row.integer("generation_after") == 2)
        let record = try await stage.paper()
        #expect(record.login.absoluteExpiresAt == signedIn.advanced(byMilliseconds: 3_600_000))
        #expect(record.login.refreshExpiresAt == signedIn.advanced(byMilliseconds: (1200 + 1800) * 1000))
    }
}

@Suite struct SignInWarningEntryTests {
    @Test func `a process that saves the tokens of a crashed process warns about them`() throws {
        var stored = try LoginFixture.stored(life: 60, generation: 3)
        stored.login.signedInAt = LoginFixture.now.wall
        let staged = LoginFixture.staged(try #require(stored.tokens), attemptID: "a")
        #expect(try warning(staged, stored) == nil)
        stored.login.signedInAt = LoginFixture.now.wall.advanced(byMilliseconds: -82_800_000)
        let entry = try #require(try warning(staged, stored))
        #expect(entry.attemptID == "a")
        #expect(entry.generationAfter == 4)
    }

    /// The warning that recovering tokens adds to the audit.
    private func warning(_ staged: StagedTokens, _ stored: StoredLogin) throws -> AuditEntry? {
        let request = RefreshRequest(
            login: stored.login.id,
            profile: try ProfileName("p"),
            intent: .validity(milliseconds: 0),
            deadline: .max
        )
        return RefreshAudit(request, of: stored).recoveredRows(staged).first { $0.event == .signInEndsSoon }
    }
}
