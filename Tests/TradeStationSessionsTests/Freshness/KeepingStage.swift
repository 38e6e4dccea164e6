import Foundation
import Synchronization
import TradeStationEmulator
import TradeStationModel
import TradeStationStore
import TradeStationTesting

@testable import TradeStationSessions

/// Another manager on a stage, which keeps its sessions fresh with `run()`.
struct KeepingStage: Sendable {
    let stage: SessionStage
    let manager: SessionManager
    private let clock: ListeningClock
    private let told: Notices

    private final class Notices: Sendable {
        let lines = Mutex<[String]>([])
    }

    /// The notices of `run()` as "profile: code", where "fresh" stands for the end of a failure.
    var notices: [String] { told.lines.withLock { $0 } }

    /// Runs `body` while another manager keeps the sessions fresh that `body` opens.
    static func with<Value: Sendable>(
        _ stage: SessionStage,
        _ body: (KeepingStage) async throws -> Value
    ) async throws -> Value {
        let told = Notices()
        var configuration = SessionConfiguration(storeDirectory: stage.directory)
        let clock = ListeningClock(stage.clock)
        configuration.clock = clock
        configuration.requester = "keeping tests"
        configuration.notice = { notice in
            told.lines.withLock { $0.append("\(notice.profile): \(notice.failure?.code.rawValue ?? "fresh")") }
        }
        return try await withSessionManager(configuration: configuration) { manager in
            let running = Task { try await manager.run() }
            defer { running.cancel() }
            return try await body(KeepingStage(stage: stage, manager: manager, clock: clock, told: told))
        }
    }

    /// The logins on which a session is open.
    var openLogins: [Login.ID] {
        manager.openLogins
    }

    /// Waits until nothing is left to do before the clock moves. `run()` reads the clock after each turn of a login.
    func rest() async throws {
        try await clock.waitForCall { manager.isResting(at: stage.clock.bootMilliseconds()) }
        try await stage.clock.waitForSleeper()
    }

    /// Returns once the server has had this many refreshes and nothing is left to do before the clock moves.
    func waitForRefreshes(_ count: Int) async throws {
        try await clock.waitForCall { stage.emulator.counts.refreshes == count }
        try await rest()
    }

    /// Lets time pass in steps. At each step everything that is due happens before `check`.
    func pass(seconds: Int, step: Int = 1, _ check: () throws -> Void = {}) async throws {
        try await rest()
        for _ in 0..<(seconds / step) {
            stage.clock.advance(by: .seconds(Double(step)))
            try await rest()
            try check()
        }
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

    /// The largest number of refreshes that were under way at once.
    func mostAtOnce(_ manager: SessionManager) async throws -> Int {
        try await refreshRows(manager).reduce(into: (now: 0, most: 0)) { count, row in
            count.now += row.event == "refresh_started" ? 1 : -1
            count.most = max(count.most, count.now)
        }.most
    }

    /// Adds `paper` and this many profiles `l1`, `l2`, ... with logins of their own whose tokens begin now. They are copies
    /// of the sign-in of `paper`, which a key that does not rotate allows.
    func addLogins(_ count: Int, to manager: SessionManager) async throws {
        let record = try await add("paper", to: manager)
        try await withStore(requester: "keeping tests") { store in
            let tokens = try await store.login(record.login.id)?.tokens
            for number in 1...count {
                let login = NewProfile.NewLogin(
                    key: .existing(record.apiKey.id),
                    scopes: record.login.scopes,
                    identity: record.login.identity,
                    tokens: tokens
                )
                let profile = NewProfile(
                    name: try ProfileName("l\(number)"),
                    environment: .sim,
                    apiVersion: .v3,
                    apiURL: nil,
                    login: .new(login)
                )
                _ = try await store.add(profile, audit: [])
            }
        }
    }
}
