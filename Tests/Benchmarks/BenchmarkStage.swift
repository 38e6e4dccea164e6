import TradeStationEmulator
import TradeStationSessions
import TradeStationTesting

/// The environment of a benchmark: an emulator, and stores with profiles that each have their own login.
struct BenchmarkStage: Sendable {
    /// A long issuer. An access token contains it twice, so that it is as long as TradeStation's (1.8 KB).
    private static let issuer = "https://signin.tradestation.com/" + String(repeating: "long/", count: 91)
    /// A long lifetime, so that no refresh is due during the benchmark.
    private static let lifetimeSeconds = 86_400
    /// The number of profiles that are added concurrently.
    private static let concurrency = 8

    private let addresses: EmulatorAddresses

    static func with<Value>(_ body: (BenchmarkStage) async throws -> Value) async throws -> Value {
        try await Emulator.with(EmulatorConfiguration(accessTokenSeconds: lifetimeSeconds, issuer: issuer)) {
            emulator in
            try await body(BenchmarkStage(addresses: emulator.addresses))
        }
    }

    /// Adds profiles `p1`, `p2`, ... to a store. A user signs in for each of them.
    func fill(_ store: StoreChoice, profiles count: Int) async throws {
        try await withSessionManager(configuration: SessionConfiguration(store: store)) { manager in
            try await add(1, to: manager.registry)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in stride(from: 2, through: count, by: 1) {
                    if number > Self.concurrency { try await group.next() }
                    group.addTask { try await add(number, to: manager.registry) }
                }
                try await group.waitForAll()
            }
        }
    }

    private func add(_ number: Int, to registry: ProfileRegistry) async throws {
        let signIn = try EmulatedSignIn(at: addresses)
        let request = ProfileRequest(
            name: try ProfileName("p\(number)"),
            environment: .sim,
            apiURL: try EndpointURL(addresses.simURL),
            source: .key(try signIn.key)
        )
        _ = try await registry.add(request, interaction: signIn.interaction())
    }
}
