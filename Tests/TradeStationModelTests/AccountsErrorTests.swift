import Testing
import TradeStationModel

@Suite struct AccountsErrorTests {
    @Test func `an error about a profile names it in the command to try`() throws {
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

    @Test func `text from outside cannot move the cursor or break the line`() {
        #expect("a\u{1B}[2Jb\nc\u{202E}d".printable(limit: 20) == "a [2Jb c d")
        #expect("abcdef".printable(limit: 3) == "abc…")
    }
}
