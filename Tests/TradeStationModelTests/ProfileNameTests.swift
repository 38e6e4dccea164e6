import Testing
import TradeStationModel

@Suite struct ProfileNameTests {
    @Test(arguments: ["a", "swing", "IRA-2", "x.y_z-1", "9", String(repeating: "a", count: 64)])
    func `a valid name is kept as typed`(_ text: String) throws {
        #expect(try ProfileName(text).text == text)
    }

    @Test(arguments: [
        "", "-rf", ".hidden", "_x", "../x", "a/b", "a b", "a\nb", "a\0b", "é", "😀", "a\u{202E}b", "verify", "Profile",
        "PROFILES", String(repeating: "a", count: 65),
    ])
    func `an invalid name is refused with its code`(_ text: String) {
        #expect { try ProfileName(text) } throws: { ($0 as? AccountsError)?.code == .badName }
    }

    @Test func `names that differ only in case are equal`() throws {
        #expect(try ProfileName("Swing") == ProfileName("sWING"))
        #expect(try Set([ProfileName("Swing"), ProfileName("swing")]).count == 1)
    }

    @Test func `the nearest name is the one with the fewest changed letters`() throws {
        let names = try ["swing", "main", "ira"].map { try ProfileName($0) }
        #expect(ProfileName.nearest(to: "swnig", among: names)?.text == "swing")
        #expect(ProfileName.nearest(to: "mian", among: names)?.text == "main")
        #expect(ProfileName.nearest(to: "entirely-different", among: names) == nil)
    }
}
