import Foundation
import Testing
import TradeStationEmulator
import TradeStationModel
import TradeStationTesting

@testable import TradeStationSessions

/// An answer of the token endpoint from `fixtures/token-answers.json`, with the result of a refresh that gets it.
struct AnswerCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Repeat: Decodable {
        let text: String
        let count: Int
    }
    struct Expectation: Decodable {
        let code: String?
        let refresh: String?
        let salvaged: String?
        let retry_after: Int?
        let decision: String
        let state: String
    }

    let name: String
    let status: Int
    let headers: [String: String]?
    let body: String?
    let `repeat`: Repeat?
    let expect: Expectation

    var testDescription: String { name }

    /// The answer as the emulator can send it: it sends text, and no interim status.
    var fault: EmulatorFault.Action? {
        guard let body, status >= 200 else { return nil }
        let filling = `repeat`.map { String(repeating: $0.text, count: $0.count) } ?? ""
        return .respond(status: status, headers: headers ?? [:], body: body.replacing("@@", with: filling))
    }

    var namesDate: Bool { (headers ?? [:]).keys.contains { $0.lowercased() == "date" } }

    static let all: [AnswerCase] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "fixtures/token-answers.json")
        let table = try? JSONDecoder().decode([AnswerCase].self, from: Data(contentsOf: file))
        return (table ?? []).filter { $0.fault != nil }
    }()
}

/// Error code, retry decision and state for each canned answer, through the whole transaction and a real store.
@Suite(.stage(opens: .emptyStore)) struct TokenAnswerDecisionTests {
    private let stage = SessionStage.current
    private var manager: SessionManager { stage.manager }

    /// Requests a refresh, and returns the code of its error.
    ///
    /// - Parameter isPause: Whether the server asks for a pause. The refresh has less time than any pause takes then, and
    ///   so does not wait for its end.
    private func code(of record: ProfileRecord, isPause: Bool) async throws -> AccountsError.Code? {
        if isPause {
            return try await stage.withManager(timeout: .milliseconds(900)) { manager in
                await TradeStationSessionsTests.code { _ = try await manager.refresh(record) }
            }
        }
        return await TradeStationSessionsTests.code {
            _ = try await stage.clock.whileTimePasses { try await manager.refresh(record) }
        }
    }

    @Test(arguments: AnswerCase.all)
    func `an answer leads to one code, one decision, one state, and never erases a refresh token`(
        _ answer: AnswerCase
    ) async throws {
        let record = try await stage.add("paper", to: manager)
        let old = try #require(try await manager.stored(record).refreshToken)
        stage.emulator.script([
            EmulatorFault(at: .token, when: .before, try #require(answer.fault), times: 3)
        ])
        let before = stage.clock.wallTime()
        let expected = answer.expect
        let code = try await code(of: record, isPause: expected.decision == "pause_key")
        #expect(code?.rawValue == expected.code)

        let after = try await stage.paper()
        #expect(after.state.rawValue == expected.state)
        #expect(stage.emulator.counts.refreshes == (expected.decision == "replay" ? 3 : 1))
        #expect(
            (after.login.notBefore != nil)
                == ["replay", "salvage", "save_access", "back_off", "pause_key"].contains(expected.decision)
        )
        #expect((after.apiKey.notBefore != nil) == (expected.decision == "pause_key"))
        // The emulator's server adds today's date, with which a date in Retry-After is compared.
        if !answer.namesDate, let asked = expected.retry_after, let pause = after.notBefore {
            #expect(pause >= before.advanced(byMilliseconds: Int64(asked) * 1000))
        }
        let kept = try await manager.stored(record).refreshToken
        #expect(kept == (expected.refresh ?? expected.salvaged).map { Secret($0) } ?? old)

        // Unless the answer condemned the login or the key, the next refresh needs no restart.
        guard expected.state == "ready" || expected.state == "degraded" else { return }
        stage.emulator.script([])
        guard kept == old else { return }
        stage.clock.advance(by: .seconds(300))
        _ = try await stage.clock.whileTimePasses { try await manager.refresh(after) }
        #expect(try await stage.paper().state == .ready)
    }
}

@Suite struct AnswerCaseTests {
    @Test func `the table is complete, and only invalid_grant needs a login in it`() {
        #expect(AnswerCase.all.count >= 105)
        #expect(Set(AnswerCase.all.map(\.expect.state)) == ["ready", "degraded", "needs_login", "bad_client"])
        for answer in AnswerCase.all where answer.expect.state == "needs_login" {
            #expect(answer.body?.contains("invalid_grant") == true)
        }
    }
}

extension SessionManager {
    /// A login with its secrets, as the transaction reads it.
    fileprivate func stored(_ record: ProfileRecord) async throws -> StoredLogin {
        try await registry.storedLogin(of: record)
    }
}
