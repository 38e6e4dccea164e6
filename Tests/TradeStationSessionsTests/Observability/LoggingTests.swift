import Logging
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// What the library writes to the logger of the program.
@Suite(.stage(rotate: true, opens: .nothing)) struct LoggingTests {
    private let stage = SessionStage.current

    @Test func `failures of a login are logged at info at most, and without a secret`() async throws {
        let recorder = LogRecorder()
        try await stage.withManager(configure: { $0.logger = recorder.logger() }) { manager in
            let record = try await stage.add("paper", to: manager)
            let session = try await manager.session(named: "paper")
            var secrets = [stage.emulator.addresses.clientSecret, try await session.accessToken().secret.exposed]
            _ = try await manager.refresh(record)
            secrets.append(try await session.accessToken().secret.exposed)
            // A failing server, a token that the API refuses, the end of the sign-in.
            stage.emulator.script([EmulatorFault(at: .token, .respond(status: 503, headers: [:], body: ""))])
            stage.clock.advance(by: .seconds(1200))
            #expect(await code { _ = try await session.accessToken() } == .serverError)
            stage.clock.advance(by: .seconds(60))
            stage.emulator.expireAccessTokens()
            _ = try await session.get("/brokerage/accounts")
            stage.emulator.revokeAll()
            stage.clock.advance(by: .seconds(1200))
            #expect(await code { _ = try await session.accessToken() } == .loginRequired)

            let lines = recorder.lines
            #expect(lines.allSatisfy { $0.level <= .info })
            #expect(
                lines.filter { $0.message == "refresh failed" }.map { $0.metadata["code"] }
                    == ["server_error", "login_required"]
            )
            #expect(lines.contains { $0.message == "refresh answered" && $0.metadata["outcome"] == "rotated" })
            #expect(lines.allSatisfy { $0.metadata["profile"] == "paper" })
            let text = lines.map { "\($0.message) \($0.metadata)" }.joined(separator: "\n")
            for secret in secrets { #expect(!text.contains(secret)) }
        }
    }
}
