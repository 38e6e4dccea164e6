import Foundation
import Synchronization
import TradeStationEmulator
import TradeStationSessions
import TradeStationTesting

/// The environment of a benchmark: an emulator, a refresh token, and stores with profiles that each have their own login.
struct BenchmarkStage: Sendable {
    /// A long issuer. An access token contains it twice, so that it is as long as TradeStation's (1.8 KB).
    private static let issuer = "https://signin.tradestation.com/" + String(repeating: "long/", count: 91)
    /// A long lifetime, so that no refresh is due during the benchmark.
    private static let lifetimeSeconds = 86_400
    /// The number of profiles that are added concurrently.
    private static let concurrency = 8

    private let addresses: EmulatorAddresses
    private let refreshToken: Secret

    static func with<Value>(_ body: (BenchmarkStage) async throws -> Value) async throws -> Value {
        try await Emulator.with(EmulatorConfiguration(accessTokenSeconds: lifetimeSeconds, issuer: issuer)) {
            emulator in
            let token = try await refreshToken(emulator.addresses)
            return try await body(BenchmarkStage(addresses: emulator.addresses, refreshToken: token))
        }
    }

    /// Adds profiles `p1`, `p2`, ... to a store. Each one exchanges the same refresh token, which does not rotate, for its
    /// own access token.
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
        var key = try EmulatedSignIn(at: addresses).key
        key.refreshToken = refreshToken
        _ = try await registry.add(Self.request("p\(number)", addresses, key), interaction: nil)
    }

    private static func request(
        _ name: String,
        _ addresses: EmulatorAddresses,
        _ key: ProfileRequest.KeyRequest
    ) throws -> ProfileRequest {
        ProfileRequest(
            name: try ProfileName(name),
            environment: .sim,
            apiURL: try EndpointURL(addresses.simURL),
            source: .key(key)
        )
    }

    /// Signs a user in and returns the refresh token.
    private static func refreshToken(_ addresses: EmulatorAddresses) async throws -> Secret {
        let received = Mutex<Secret?>(nil)
        let store = StoreChoice.inMemory { _, token in received.withLock { $0 = token } }
        let signIn = try EmulatedSignIn(at: addresses)
        try await withSessionManager(configuration: SessionConfiguration(store: store)) { manager in
            _ = try await manager.registry.add(
                request("first", addresses, signIn.key),
                interaction: signIn.interaction()
            )
        }
        guard let token = received.withLock({ $0 }) else { throw BenchmarkFailure.noRefreshToken }
        return token
    }
}
