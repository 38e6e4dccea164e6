import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// A store in a directory of its own, an emulator, and one clock that both live by.
struct SessionStage: Sendable {
    let directory: String
    let clock: TestClock
    let emulator: Emulator

    static func with<Value>(
        rotate: Bool = false,
        overlap: Int = 0,
        serverAhead: Double = 0,
        users: [EmulatorUser] = EmulatorUser.defaults,
        _ body: (SessionStage) async throws -> Value
    ) async throws -> Value {
        let clock = TestClock()
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("tss-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        defer { try? FileManager.default.removeItem(at: directory) }
        let configuration = EmulatorConfiguration(
            rotate: rotate,
            overlapSeconds: overlap,
            users: users,
            now: { Date(timeIntervalSince1970: Double(clock.wallTime().milliseconds) / 1000 + serverAhead) }
        )
        return try await Emulator.with(configuration) { emulator in
            try await body(
                SessionStage(
                    directory: directory.appendingPathComponent("store").path,
                    clock: clock,
                    emulator: emulator
                )
            )
        }
    }

    /// A manager of its own, as another process would have it.
    func withManager<Value: Sendable>(
        timeout: Duration = .seconds(30),
        random: RandomSource = .system,
        configure: (inout SessionConfiguration) -> Void = { _ in },
        _ body: (SessionManager) async throws -> Value
    ) async throws -> Value {
        var configuration = SessionConfiguration(storeDirectory: directory)
        configuration.clock = clock
        configuration.requester = "session tests"
        configuration.timeout = timeout
        configuration.random = random
        configure(&configuration)
        return try await withSessionManager(configuration: configuration, body)
    }

    /// A manager with the profiles `paper` and `real` on one login.
    func withProfiles<Value: Sendable>(_ body: (SessionManager) async throws -> Value) async throws -> Value {
        try await withManager { manager in
            try await add("paper", to: manager)
            _ = try await manager.registry.add(
                ProfileRequest(
                    name: ProfileName("real"),
                    environment: .live,
                    apiURL: EndpointURL(emulator.addresses.liveURL),
                    source: .sameLogin(as: ProfileName("paper"))
                ),
                interaction: nil
            )
            return try await body(manager)
        }
    }

    /// Adds a simulator profile with a whole sign-in.
    @discardableResult
    func add(_ name: String, user: Int = 0, to manager: SessionManager) async throws -> ProfileRecord {
        try await manager.registry.add(
            ProfileRequest(
                name: ProfileName(name),
                environment: .sim,
                apiURL: EndpointURL(emulator.addresses.simURL),
                source: .key(keyRequest())
            ),
            interaction: browser(user: user)
        )
    }

    /// Another profile on the login of `paper`, for the v2 API, and its session.
    func addV2(to manager: SessionManager) async throws -> Session {
        let request = ProfileRequest(
            name: try ProfileName("old"),
            environment: .live,
            apiVersion: .v2,
            apiURL: try EndpointURL(emulator.addresses.v2URL),
            source: .sameLogin(as: try ProfileName("paper"))
        )
        _ = try await manager.registry.add(request, interaction: nil)
        return try await manager.session(named: "old")
    }

    /// A person who signs in and pastes the address that the browser ends up at.
    func browser(user: Int = 0, declines: Bool = false) throws -> SignInInteraction {
        try signIn(user).interaction(declines: declines)
    }

    /// The API key of the emulator's confidential client.
    func keyRequest() throws -> ProfileRequest.KeyRequest { try signIn(0).key }

    private func signIn(_ user: Int) throws -> EmulatedSignIn {
        try EmulatedSignIn(at: emulator.addresses, as: emulator.addresses.users[user].username)
    }

    /// The audit's events, in order.
    func events(_ manager: SessionManager) async throws -> [String] {
        try await manager.registry.auditRecords(AuditQuery()).compactMap { $0.text("event") }
    }
}

/// The code of the error that `body` throws.
func code(of body: () async throws -> Void) async -> AccountsError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? AccountsError)?.code
    }
}

extension SessionStage {
    /// Lets the API's next answer be this one.
    func respond(_ status: Int, headers: [String: String] = [:], _ body: String = "") {
        emulator.script([
            EmulatorFault(at: .api, when: .before, .respond(status: status, headers: headers, body: body))
        ])
    }
}
