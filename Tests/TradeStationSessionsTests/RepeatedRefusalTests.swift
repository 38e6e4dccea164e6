import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// Refusals with an error code that no standard defines.
@Suite(.stage()) struct RepeatedRefusalTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    /// Requests a refresh that the server answers with an error code.
    ///
    /// - Returns: the error of the refresh.
    private func refusal(_ error: String, status: Int = 403) async -> AccountsError? {
        let body = "{\"error\":\"\(error)\"}"
        stage.emulator.script([
            EmulatorFault(at: .token, when: .before, .respond(status: status, headers: [:], body: body))
        ])
        return await #expect(throws: AccountsError.self) { try await manager.refresh(stage.paper()) }
    }

    @Test func `the third equal one within ten minutes suggests a sign-in, and a success ends the series`() async throws
    {
        for _ in 0..<2 {
            #expect(await refusal("odd_error")?.code == .serverError)
            stage.clock.advance(by: .seconds(299))
        }
        let third = await refusal("odd_error")
        #expect(third?.code == .refusedRepeatedly)
        #expect(third?.suggestion == "tsaccounts login paper")
        #expect(third?.reason?.contains("odd_error") == true)
        #expect(try await stage.paper().login.lastError == "refused_repeatedly")
        #expect(try await stage.paper().state == .degraded)
        _ = try await manager.refresh(stage.paper())
        #expect(await refusal("odd_error")?.code == .serverError)
    }

    @Test func `different ones, slow ones and errors of the server do not`() async throws {
        for error in ["odd_error", "other_error", "odd_error", "odd_error"] {
            #expect(await refusal(error)?.code == .serverError)
        }
        stage.clock.advance(by: .seconds(601))
        #expect(await refusal("odd_error")?.code == .serverError)
        for _ in 0..<3 { #expect(await refusal("temporarily_unavailable")?.code == .serverError) }
        for _ in 0..<3 { #expect(await refusal("odd_error", status: 503)?.code == .serverError) }
    }
}
