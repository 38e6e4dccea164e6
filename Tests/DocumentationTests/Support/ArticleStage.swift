import Foundation
import TradeStationEmulator
import TradeStationSessions

/// What articles take for granted: the profiles `swing` and `paper` on one login, and a server that knows it.
struct ArticleStage: Sendable {
    let emulator: Emulator
    let manager: SessionManager
    let clock: StageClock

    static func with(
        store: StoreChoice = .inMemory(),
        _ body: (ArticleStage) async throws -> Void
    ) async throws {
        let clock = StageClock()
        let settings = EmulatorConfiguration(
            now: { Date(timeIntervalSince1970: Double(clock.wallTime().milliseconds) / 1000) }
        )
        var configuration = SessionConfiguration(store: store)
        configuration.clock = clock
        // Far from any pause, so that the clock can tell the two apart.
        configuration.timeout = .seconds(600)
        try await Emulator.with(settings) { emulator in
            try await withSessionManager(configuration: configuration) { manager in
                let stage = ArticleStage(emulator: emulator, manager: manager, clock: clock)
                try await stage.addProfiles()
                try await body(stage)
            }
        }
    }

    /// The same in the standard store, for a process that has nothing else to do: it moves to a home of its own.
    static func atHome(_ body: (ArticleStage) async throws -> Void) async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("tsd-\(UUID().uuidString)")
        setenv("TSACCOUNTS_HOME", home.path, 1)
        defer { try? FileManager.default.removeItem(at: home) }
        try await with(store: .standard, body)
    }

    private func addProfiles() async throws {
        let addresses = emulator.addresses
        var key = ProfileRequest.KeyRequest(clientID: addresses.clientID)
        key.secret = Secret(addresses.clientSecret)
        key.authorizeURL = try EndpointURL(addresses.authorizeURL)
        key.tokenURL = try EndpointURL(addresses.tokenURL)
        try await add("swing", .live, at: addresses.liveURL, .key(key))
        try await add("paper", .sim, at: addresses.simURL, .sameLogin(as: ProfileName("swing")))
    }

    private func add(
        _ name: String,
        _ environment: TradeStationSessions.Environment,
        at url: String,
        _ source: ProfileRequest.Source
    ) async throws {
        _ = try await manager.registry.add(
            ProfileRequest(
                name: ProfileName(name),
                environment: environment,
                apiURL: EndpointURL(url),
                source: source
            ),
            interaction: person
        )
    }

    /// Somebody who signs in and pastes the address that the browser ends up at.
    private var person: SignInInteraction {
        let user = emulator.addresses.users[0]
        let (addresses, address) = AsyncThrowingStream.makeStream(of: String.self)
        return SignInInteraction(
            usesCallback: false,
            present: { url in
                do {
                    let browser = EmulatedBrowser()
                    address.yield(
                        try await browser.redirect(at: url, username: user.username, password: user.password)
                    )
                } catch {
                    address.finish(throwing: error)
                }
            },
            pasted: {
                for try await address in addresses { return address }
                return nil
            }
        )
    }
}
