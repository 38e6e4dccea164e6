import Foundation
import Synchronization
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// Sessions of which nothing is on disk.
@Suite(.serialized) struct ScriptSessionTests {
    @Test func `a script gets along on a refresh token, and hears of each new one`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            let told = Mutex<[Secret]>([])
            let first = try await refreshToken(stage)
            let configuration = configuration(stage, .inMemory { _, token in told.withLock { $0.append(token) } })
            try await withSession(adding: request(stage, first), configuration: configuration) { session in
                #expect(session.profile.profile.environment == .sim)
                let token = try await session.accessToken()
                #expect(told.withLock { $0.count } == 1)
                stage.clock.advance(by: .seconds(1201))
                #expect(try await session.accessToken().secret != token.secret)
                #expect(try await session.get("/v3/brokerage/accounts").status == 200)
            }
            let newest = told.withLock { $0 }
            #expect(Set((newest + [first]).map(\.exposed)).count == 3)
            // The last one told is the one that works.
            try await withSession(
                adding: request(stage, try #require(newest.last)),
                configuration: self.configuration(stage, .inMemory())
            ) { session in
                let reply = try await session.get("/v3/brokerage/accounts")
                #expect(reply.status == 200)
            }
            #expect(stage.emulator.counts.refused == 0)
            #expect(FileManager.default.fileExists(atPath: stage.directory) == false)
        }
    }

    @Test func `a process that may write no file can be a script, and leaves none behind`() async throws {
        try await SessionStage.with { stage in
            let home = stage.directory
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
            await #expect(processExitsWith: .success) { [home = home as String] in
                for name in ["HOME", "TMPDIR", "TSACCOUNTS_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"] {
                    setenv(name, home, 1)
                }
                #expect(chdir(home) == 0)
                try writeNoMoreFiles()
                let clock = TestClock()
                let settings = EmulatorConfiguration(
                    now: { Date(timeIntervalSince1970: Double(clock.wallTime().milliseconds) / 1000) }
                )
                try await Emulator.with(settings) { emulator in
                    let stage = SessionStage(directory: home, clock: clock, emulator: emulator)
                    let tests = ScriptSessionTests()
                    let token = try await tests.refreshToken(stage)
                    try await withSession(
                        adding: tests.request(stage, token),
                        configuration: tests.configuration(stage, .inMemory())
                    ) { session in
                        clock.advance(by: .seconds(1201))
                        let reply = try await session.get("/v3/brokerage/accounts")
                        #expect(reply.status == 200)
                    }
                }
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: home)
            #expect(left == [])
        }
    }

    @Test func `a refresh token that is no good is said so`() async throws {
        try await SessionStage.with { stage in
            let failure = await code {
                try await withSession(
                    adding: request(stage, Secret("made up")),
                    configuration: configuration(stage, .inMemory())
                ) { _ in }
            }
            #expect(failure == .loginRequired)
        }
    }

    @Test func `managers that share a store in memory make one exchange`() async throws {
        try await SessionStage.with(rotate: true) { stage in
            let token = try await refreshToken(stage)
            let configuration = configuration(stage, .inMemory())
            let (first, second) = try await (
                SessionManager(configuration: configuration), SessionManager(configuration: configuration)
            )
            _ = try await first.registry.add(request(stage, token), interaction: nil)
            let sessions = try await [first.session(named: "script"), second.session(named: "script")]
            stage.clock.advance(by: .seconds(1201))
            let exchanges = stage.emulator.counts.refreshes
            let tokens = try await withThrowingTaskGroup(of: String.self) { group in
                for session in sessions {
                    for _ in 1...20 { group.addTask { try await session.accessToken().secret.exposed } }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(tokens.count == 1)
            #expect(stage.emulator.counts.refreshes == exchanges + 1)
            await first.close()
            #expect(try await second.session(named: "script").accessToken().secret.exposed == tokens.first)
            await second.close()
        }
    }

    @Test func `each store in memory is a new one, and has no directory`() async throws {
        let configurations = [SessionConfiguration(store: .inMemory()), SessionConfiguration(store: .inMemory())]
        for configuration in configurations {
            try await withSessionManager(configuration: configuration) { manager in
                let profiles = try await manager.registry.profiles()
                #expect(profiles == [])
            }
            let refusal = await code { _ = try configuration.dataDirectory }
            #expect(refusal == .noStoreDirectory)
        }
        #expect(try SessionConfiguration(store: .directory("/a/")).dataDirectory == "/a")
        #expect(try SessionConfiguration(storeDirectory: "/a").dataDirectory == "/a")
    }

    private func configuration(_ stage: SessionStage, _ store: StoreChoice) -> SessionConfiguration {
        var configuration = SessionConfiguration(store: store)
        configuration.clock = stage.clock
        return configuration
    }

    private func request(_ stage: SessionStage, _ token: Secret) throws -> ProfileRequest {
        var key = try stage.keyRequest()
        key.refreshToken = token
        return try ProfileRequest(
            name: ProfileName("script"),
            environment: .sim,
            apiURL: EndpointURL(stage.emulator.addresses.simURL),
            source: .key(key)
        )
    }

    /// A refresh token that a user's sign-in brought.
    private func refreshToken(_ stage: SessionStage) async throws -> Secret {
        let told = Mutex<Secret?>(nil)
        let configuration = configuration(stage, .inMemory { _, token in told.withLock { $0 = token } })
        try await withSessionManager(configuration: configuration) { manager in
            _ = try await stage.add("paper", to: manager)
        }
        return try #require(told.withLock { $0 })
    }
}

/// Lets this process write not one byte to a file, and hear of it by an error.
private func writeNoMoreFiles() throws {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: 0, rlim_max: 0)
    #if os(Linux)
        let result = setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    #else
        let result = setrlimit(RLIMIT_FSIZE, &limit)
    #endif
    try #require(result == 0)
}
