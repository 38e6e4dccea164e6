import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationStore
import TradeStationTesting

@testable import TradeStationSessions

/// A store in a directory of its own, an emulator, and one clock for both.
///
/// A suite or a test gets one with the trait ``Testing/Trait/stage(rotate:overlap:opens:)``.
struct SessionStage: Sendable {
    /// What is open when a test begins.
    enum Opening: Sendable {
        /// Nothing, and the store's directory does not exist.
        case nothing
        /// A manager on a store without profiles.
        case emptyStore
        /// A manager with the profiles `paper` and `real`, which share one login.
        case profiles
    }

    @TaskLocal fileprivate static var bound: SessionStage?

    /// The stage of the test that runs.
    static var current: SessionStage {
        guard let bound else { preconditionFailure("Give the suite or the test the trait .stage().") }
        return bound
    }

    /// The store's directory.
    let directory: String
    let clock: TestClock
    let emulator: Emulator
    private var openManager: SessionManager?

    init(directory: String, clock: TestClock, emulator: Emulator) {
        self.directory = directory
        self.clock = clock
        self.emulator = emulator
    }

    /// The manager that was opened with the stage.
    var manager: SessionManager {
        guard let openManager else { preconditionFailure("This stage was made with opens: .nothing.") }
        return openManager
    }

    /// Makes a stage for `body`, and closes and removes all of it afterwards, also when `body` fails.
    static func with<Value: Sendable>(
        rotate: Bool = false,
        overlap: Int = 0,
        users: [EmulatorUser] = EmulatorUser.defaults,
        opens opening: Opening = .nothing,
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
            now: { Date(timeIntervalSince1970: Double(clock.wallTime().milliseconds) / 1000) }
        )
        return try await Emulator.with(configuration) { emulator in
            let stage = SessionStage(
                directory: directory.appendingPathComponent("store").path,
                clock: clock,
                emulator: emulator
            )
            return switch opening {
            case .nothing: try await body(stage)
            case .emptyStore: try await stage.withManager { try await body(stage.opened($0)) }
            case .profiles: try await stage.withProfiles { try await body(stage.opened($0)) }
            }
        }
    }

    private func opened(_ manager: SessionManager) -> SessionStage {
        var stage = self
        stage.openManager = manager
        return stage
    }

    // MARK: Managers

    /// Another manager on the store, as another process would have it.
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

    /// The store without a manager, as another process would have it.
    ///
    /// - Parameter requester: who the audit's rows name.
    func withStore<Value: Sendable>(
        requester: String = "session tests",
        _ body: (SQLiteCredentialStore) async throws -> Value
    ) async throws -> Value {
        let store = try await SQLiteCredentialStore.open(
            at: StoreLocation(directory: directory),
            identity: AuditIdentity(requester: requester, host: "h", pid: 1, version: "0"),
            clock: clock,
            random: .system
        )
        do {
            let value = try await body(store)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }

    // MARK: Profiles

    /// Adds a simulator profile on a new login, by a complete sign-in.
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

    /// Adds the v2 profile `old` on the login of `paper`.
    ///
    /// - Returns: its session.
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

    /// A user who signs in and pastes the address at which the browser ends up.
    func browser(user: Int = 0, declines: Bool = false) throws -> SignInInteraction {
        try signIn(user).interaction(declines: declines)
    }

    /// The API key of the emulator's confidential client.
    func keyRequest() throws -> ProfileRequest.KeyRequest { try signIn(0).key }

    private func signIn(_ user: Int) throws -> EmulatedSignIn {
        try EmulatedSignIn(at: emulator.addresses, as: emulator.addresses.users[user].username)
    }

    /// The profile `paper`, as the store has it now.
    func paper() async throws -> ProfileRecord {
        try await manager.registry.profile(named: ProfileName("paper"))
    }

    /// The events in the audit, oldest first.
    func events(_ manager: SessionManager) async throws -> [String] {
        try await manager.registry.auditRecords(AuditQuery()).compactMap { $0.text("event") }
    }
}

/// The code of the error that `body` throws; nil if it throws none or another error.
func code(of body: () async throws -> Void) async -> AccountsError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? AccountsError)?.code
    }
}

extension SessionStage {
    /// Makes this the API's next answer.
    func respond(_ status: Int, headers: [String: String] = [:], _ body: String = "") {
        emulator.script([
            EmulatorFault(at: .api, when: .before, .respond(status: status, headers: headers, body: body))
        ])
    }
}

// MARK: The trait

/// Gives each test a stage of its own.
struct StageTrait: TestTrait, SuiteTrait, TestScoping {
    fileprivate let rotate: Bool
    fileprivate let overlap: Int
    fileprivate let opening: SessionStage.Opening

    var isRecursive: Bool { true }

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        // A suite's trait comes before the test's own. The first one makes the stage, with the values of the last one.
        guard SessionStage.bound == nil else { return try await function() }
        let trait = test.traits.compactMap { $0 as? StageTrait }.last ?? self
        try await StageLimit.shared.run {
            try await SessionStage.with(rotate: trait.rotate, overlap: trait.overlap, opens: trait.opening) { stage in
                try await SessionStage.$bound.withValue(stage) { try await function() }
            }
        }
    }
}

extension Trait where Self == StageTrait {
    /// A stage of its own for each test, as ``SessionStage/current``. A test's trait replaces that of its suite.
    ///
    /// - Parameters:
    ///   - rotate: whether each refresh token can be used once.
    ///   - overlap: for how many seconds a used refresh token is accepted again.
    ///   - opening: what is open when the test begins.
    static func stage(
        rotate: Bool = false,
        overlap: Int = 0,
        opens opening: SessionStage.Opening = .profiles
    ) -> StageTrait {
        StageTrait(rotate: rotate, overlap: overlap, opening: opening)
    }
}

/// Keeps the number of stages low: they share the processor and this process's descriptors, and some tests wait in real
/// time for a server that does not answer.
private actor StageLimit {
    static let shared = StageLimit(16)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) {
        free = count
    }

    nonisolated func run(_ body: @Sendable () async throws -> Void) async throws {
        await enter()
        do {
            try await body()
            await leave()
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        guard waiting.isEmpty else { return waiting.removeFirst().resume() }
        free += 1
    }
}
