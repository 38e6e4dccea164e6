import Foundation
import Synchronization
import TradeStationEmulator
import TradeStationModel
import TradeStationStore
import TradeStationTesting

@testable import TradeStationSessions

/// A manager that keeps its sessions fresh on a stage.
struct KeepingStage: Sendable {
    let stage: SessionStage
    let manager: SessionManager
    private let told: Notices

    private final class Notices: Sendable {
        let lines = Mutex<[String]>([])
    }

    /// What `run()` told, as "profile: code", where "fresh" stands for the end of trouble.
    var notices: [String] { told.lines.withLock { $0 } }

    /// Runs `body` while a manager of its own keeps what `body` opens.
    static func with<Value: Sendable>(
        _ stage: SessionStage,
        _ body: (KeepingStage) async throws -> Value
    ) async throws -> Value {
        let told = Notices()
        var configuration = SessionConfiguration(storeDirectory: stage.directory)
        configuration.clock = stage.clock
        configuration.requester = "keeping tests"
        configuration.notice = { notice in
            told.lines.withLock { $0.append("\(notice.profile): \(notice.failure?.code.rawValue ?? "fresh")") }
        }
        return try await withSessionManager(configuration: configuration) { manager in
            let running = Task { try await manager.run() }
            defer { running.cancel() }
            while await manager.keeper == nil { await Task.yield() }
            return try await body(KeepingStage(stage: stage, manager: manager, told: told))
        }
    }

    /// Waits until nothing is left to do before the clock moves.
    func rest() async {
        while await !manager.isResting || stage.clock.sleeperCount == 0 { await Task.yield() }
    }

    /// Lets time pass in steps, and everything that is due happen at each of them before `check`.
    func pass(seconds: Int, step: Int = 1, _ check: () throws -> Void) async rethrows {
        await rest()
        for _ in 0..<(seconds / step) {
            stage.clock.advance(by: .seconds(Double(step)))
            await rest()
            try check()
        }
    }

    /// Lets time pass in steps, and everything that is due happen at each of them.
    func pass(seconds: Int, step: Int = 1) async {
        await pass(seconds: seconds, step: step) {}
    }
}

extension SessionManager {
    /// Whether `run()` has nothing to do before the clock moves.
    fileprivate var isResting: Bool {
        guard let keeper else { return false }
        return keeper.rota.isIdle && keeper.rota.nextTurn ?? .max > clock.bootMilliseconds()
    }
}

extension SessionStage {
    private static let events = ["refresh_started", "refresh_succeeded", "refresh_failed"]

    /// The audit's rows about refreshes, oldest first.
    func refreshRows(_ manager: SessionManager) async throws -> [(event: String, login: Int64, at: Timestamp)] {
        try await manager.registry.auditRecords(AuditQuery()).compactMap { record in
            guard let event = record.text("event"), Self.events.contains(event),
                let login = record.integer("login_id"), let at = record.text("at").flatMap({ Timestamp($0) })
            else { return nil }
            return (event, login, at)
        }
    }

    /// How many refreshes were under way at once at most.
    func mostAtOnce(_ manager: SessionManager) async throws -> Int {
        try await refreshRows(manager).reduce(into: (now: 0, most: 0)) { count, row in
            count.now += row.event == "refresh_started" ? 1 : -1
            count.most = max(count.most, count.now)
        }.most
    }

    /// Adds that many profiles `l1`, `l2`, ... with logins of their own, whose tokens begin now: the sign-in of `paper`
    /// over and over, as a key that does not rotate allows.
    func addLogins(_ count: Int, to manager: SessionManager) async throws {
        let record = try await add("paper", to: manager)
        let store = try await SQLiteCredentialStore.open(
            at: StoreLocation(directory: directory),
            identity: AuditIdentity(requester: "keeping tests", host: "h", pid: 1, version: "0"),
            clock: clock,
            random: .system
        )
        let tokens = try await store.login(record.login.id)?.tokens
        for number in 1...count {
            _ = try await store.add(
                NewProfile(
                    name: ProfileName("l\(number)"),
                    environment: .sim,
                    apiVersion: .v3,
                    apiURL: nil,
                    login: .new(
                        NewProfile.NewLogin(
                            key: .existing(record.apiKey.id),
                            scopes: record.login.scopes,
                            identity: record.login.identity,
                            tokens: tokens
                        )
                    )
                ),
                audit: []
            )
        }
        await store.close()
    }
}
