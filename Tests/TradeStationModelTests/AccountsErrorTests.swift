import Testing
import TradeStationModel

@Suite struct AccountsErrorTests {
    @Test func `an error for a profile names it in the suggested command`() throws {
        let error = AccountsError(
            .loginRequired,
            "Over.",
            reason: "Because.",
            suggestion: "tsaccounts login NAME, then NAME"
        )
        let about = error.about(try ProfileName("swing"))
        #expect(about.profile == "swing")
        #expect(about.description == "Over.\nBecause.\nTry: tsaccounts login swing, then swing")
    }
}
