import Testing
import TradeStationModel

@testable import TradeStationSessions

/// Which events audit rows become.
@Suite struct EventMachineTests {
    private static let attempts = AttemptIDs(random: RandomSource { [UInt8](repeating: 0xAB, count: $0) })
    private static let foreign = "00" + attempts.next().dropFirst(2)
    private static let end = Timestamp(milliseconds: 1_791_279_060_000)
    private static let login = Login.ID(rawValue: 7)

    private func row(_ event: String, _ columns: [(String, AuditRecord.Value)] = []) -> AuditRecord {
        let all: [(String, AuditRecord.Value)] = [("event", .text(event)), ("login_id", .integer(7))] + columns
        return AuditRecord(columns: all.map { AuditRecord.Column(name: $0.0, value: $0.1) })
    }

    private func tokens(
        _ event: String,
        generation: Int64,
        attempt: String? = attempts.next()
    ) -> AuditRecord {
        row(
            event,
            [
                ("generation_after", .integer(generation)), ("expires_at", .text(Self.end.description)),
                ("attempt_id", attempt.map { .text($0) } ?? .null),
            ]
        )
    }

    private func failure(_ outcome: String, event: String = "refresh_failed", error: String? = nil) -> AuditRecord {
        row(event, [("outcome", .text(outcome)), ("oauth_error", error.map { .text($0) } ?? .null)])
    }

    /// The events of rows, after the login had earlier rows.
    private func read(_ rows: AuditRecord..., after before: [AuditRecord] = []) -> [SessionEvent.Kind] {
        var machine = EventMachine(attempts: Self.attempts)
        return rows.flatMap { row in
            if let login = machine.loginToLoad(before: row) { machine.loadState(of: login, from: before) }
            return machine.read(row)
        }
    }

    private func refreshed(_ generation: Int) -> SessionEvent.Kind {
        .refreshed(generation: generation, expiresAt: Self.end)
    }

    private func adopted(_ generation: Int) -> SessionEvent.Kind {
        .adopted(generation: generation, expiresAt: Self.end)
    }

    @Test func `new tokens are refreshed if the attempt is the manager's own, otherwise adopted`() {
        #expect(read(tokens("refresh_succeeded", generation: 2)) == [refreshed(2)])
        #expect(read(tokens("refresh_succeeded", generation: 2, attempt: Self.foreign)) == [adopted(2)])
        #expect(read(tokens("recovered", generation: 3)) == [refreshed(3)])
        #expect(read(tokens("recovered", generation: 3, attempt: Self.foreign)) == [adopted(3)])
        #expect(read(tokens("signed_in", generation: 1, attempt: nil)) == [adopted(1)])
    }

    @Test func `a series of failures is reported once, and its end once`() {
        let events = read(
            failure("server_error"),
            failure("server_unreachable"),
            failure("server_unreachable", event: "outcome_unknown"),
            tokens("refresh_succeeded", generation: 2),
            tokens("refresh_succeeded", generation: 3),
            failure("rate_limited")
        )
        #expect(
            events == [
                .degraded(code: .serverError), refreshed(2), .recovered, refreshed(3), .degraded(code: .rateLimited),
            ]
        )
    }

    @Test func `a failure from before is not reported again, but its end is`() {
        let before = [failure("server_error"), failure("process_died", event: "outcome_unknown")]
        #expect(read(failure("server_error"), after: before) == [])
        #expect(read(tokens("signed_in", generation: 2, attempt: nil), after: before) == [adopted(2), .recovered])
        let recovered = before + [tokens("refresh_succeeded", generation: 2)]
        #expect(read(failure("server_error"), after: recovered) == [.degraded(code: .serverError)])
    }

    @Test func `a process that died is no failure, but a salvaged refresh token is`() {
        #expect(read(failure("process_died", event: "outcome_unknown")) == [])
        #expect(read(failure("refresh_token_salvaged")) == [.degraded(code: .serverError)])
    }

    @Test func `a needed sign-in is reported once, with its reason`() {
        let refused = failure("login_required", error: "invalid_grant")
        #expect(
            read(
                refused,
                failure("login_required", event: "needs_login"),
                tokens("signed_in", generation: 4, attempt: nil)
            ) == [.needsLogin(code: .loginRequired), adopted(4), .recovered]
        )
        #expect(read(failure("wrong_user", event: "needs_login")) == [.needsLogin(code: .wrongUser)])
        for event in ["signed_out", "revoked"] {
            #expect(
                read(row(event), tokens("signed_in", generation: 3, attempt: nil))
                    == [.needsLogin(code: .loginRequired), adopted(3), .recovered]
            )
        }
    }

    @Test func `a warning names the end of the sign-in`() {
        let warning = row("sign_in_ends_soon", [("expires_at", .text(Self.end.description))])
        #expect(read(warning) == [.signInEndsSoon(end: Self.end)])
    }

    @Test(
        arguments: [
            "profile_added", "profile_changed", "profile_removed", "sign_in_failed", "refresh_started",
            "refresh_adopted", "late_result", "fenced", "of_a_newer_version",
        ]
    )
    func `other rows are no events`(event: String) {
        #expect(read(tokens(event, generation: 2)) == [])
    }

    @Test func `a manager recognizes its own attempt ids and no others`() {
        let (one, other) = (AttemptIDs(random: .system), AttemptIDs(random: .system))
        let ids = (0..<100).map { _ in one.next() }
        #expect(Set(ids).count == 100)
        #expect(ids.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{32}/) != nil && one.include($0) && !other.include($0) })
    }
}
