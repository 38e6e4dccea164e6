import Foundation
import Synchronization
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// Sessions that keep nothing on disk.
@Suite(.stage(rotate: true, opens: .nothing)) struct ScriptSessionTests {
    private let stage = SessionStage.current

    @Test func `a script runs on a refresh token alone, and is given each new one`() async throws {
        let told = Mutex<[Secret]>([])
        let first = try await stage.refreshToken()
        let configuration = stage.configuration(.inMemory { _, token in told.withLock { $0.append(token) } })
        try await withSession(adding: stage.request(first), configuration: configuration) { session in
            #expect(session.profile.profile.environment == .sim)
            let token = try await session.accessToken()
            #expect(told.withLock { $0.count } == 1)
            stage.clock.advance(by: .seconds(1201))
            #expect(try await session.accessToken().secret != token.secret)
            #expect(try await session.get("/v3/brokerage/accounts").status == 200)
        }
        let newest = told.withLock { $0 }
        #expect(Set((newest + [first]).map(\.exposed)).count == 3)
        // The last one is the valid one.
        try await withSession(
            adding: stage.request(try #require(newest.last)),
            configuration: stage.configuration(.inMemory())
        ) { session in
            let reply = try await session.get("/v3/brokerage/accounts")
            #expect(reply.status == 200)
        }
        #expect(stage.emulator.counts.refused == 0)
        #expect(FileManager.default.fileExists(atPath: stage.directory) == false)
    }

    @Test(.stage(opens: .nothing)) func `a process that cannot write files can run a script, and leaves no file`()
        async throws
    {
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
                let token = try await stage.refreshToken()
                try await withSession(
                    adding: stage.request(token),
                    configuration: stage.configuration(.inMemory())
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

    @Test(.stage(opens: .nothing)) func `an invalid refresh token throws login_required`() async throws {
        let failure = await code {
            try await withSession(
                adding: stage.request(Secret("made up")),
                configuration: stage.configuration(.inMemory())
            ) { _ in }
        }
        #expect(failure == .loginRequired)
    }

    @Test func `managers that share a store in memory make one exchange`() async throws {
        let token = try await stage.refreshToken()
        let configuration = stage.configuration(.inMemory())
        let (first, second) = try await (
            SessionManager(configuration: configuration), SessionManager(configuration: configuration)
        )
        _ = try await first.registry.add(stage.request(token), interaction: nil)
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
}

extension SessionStage {
    fileprivate func configuration(_ store: StoreChoice) -> SessionConfiguration {
        var configuration = SessionConfiguration(store: store)
        configuration.clock = clock
        return configuration
    }

    fileprivate func request(_ token: Secret) throws -> ProfileRequest {
        var key = try keyRequest()
        key.refreshToken = token
        return try ProfileRequest(
            name: ProfileName("script"),
            environment: .sim,
            apiURL: EndpointURL(emulator.addresses.simURL),
            source: .key(key)
        )
    }

    /// A refresh token from a complete sign-in.
    fileprivate func refreshToken() async throws -> Secret {
        let told = Mutex<Secret?>(nil)
        let configuration = configuration(.inMemory { _, token in told.withLock { $0 = token } })
        try await withSessionManager(configuration: configuration) { manager in
            _ = try await add("paper", to: manager)
        }
        return try #require(told.withLock { $0 })
    }
}

/// Keeps this process from writing to files: each attempt is an error.
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
