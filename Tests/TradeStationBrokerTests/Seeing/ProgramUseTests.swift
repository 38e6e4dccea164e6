import Testing

@testable import TradeStationBroker

@Suite struct ProgramUseTests {
    @Test func `connections of one process on one profile are one use, the latest use first`() {
        func row(_ seconds: Int64, _ profile: String, _ process: Int) -> AuditRow {
            SampleStore.row(
                "profile_used",
                seconds,
                profile: profile,
                detail: #"{"door":"proxy","client_pid":"\#(process)","program":"python3"}"#
            )
        }
        let uses = ProgramUse.uses(in: [row(-50, "a", 1), row(-40, "b", 1), row(-30, "a", 2), row(-20, "a", 1)])
        #expect(uses.map(\.profile) == ["a", "a", "b"])
        #expect(uses.map(\.processID) == [1, 2, 1])
        #expect(uses.map(\.connections) == [2, 1, 1])
        #expect(uses[0].program == "python3")
        #expect(uses[0].door == "proxy")
    }

    @Test func `other events are no use, and missing details are no error`() {
        #expect(ProgramUse.uses(in: [SampleStore.row("refresh_started", -1)]).isEmpty)
        #expect(ProgramUse.uses(in: [SampleStore.row("profile_used", -1)]).map(\.door) == ["-"])
    }
}
