import Testing
import TradeStationBroker

@testable import tsaccounts

@Suite struct PastableCommandTests {
    private func text(_ command: String, _ arguments: String...) -> String {
        PastableCommand(command, arguments: ["tsaccounts"] + arguments).text
    }

    @Test func `a command names the store that the process was told to use`() {
        #expect(text("tsaccounts login p", "status", "--store", "/a b") == "tsaccounts login p --store '/a b'")
        #expect(text("tsaccounts login p", "status", "--store=/s") == "tsaccounts login p --store /s")
        #expect(
            text("tsaccounts set p --secret-file FILE && tsaccounts refresh p", "--store", "/s")
                == "tsaccounts set p --secret-file FILE --store /s && tsaccounts refresh p --store /s"
        )
        #expect(
            text("tsaccounts show p   # and look", "--store", "/s") == "tsaccounts show p --store /s   # and look"
        )
    }

    @Test(arguments: [
        ("tsaccounts remove p, then add it again", "tsaccounts remove p --store /s, then add it again"),
        (
            "tsaccounts remove -- '-p, q', then add it again: tsaccounts add profile NAME ...",
            "tsaccounts remove --store /s -- '-p, q', then add it again: tsaccounts add profile NAME ... --store /s"
        ),
        (
            "tsaccounts audit verify; to repair the profile, tsaccounts remove p",
            "tsaccounts audit verify --store /s; to repair the profile, tsaccounts remove p --store /s"
        ),
        ("look at the user's profile: tsaccounts show p", "look at the user's profile: tsaccounts show p --store /s"),
        ("tsaccounts remove -- 'it'\\''s, so', then", "tsaccounts remove --store /s -- 'it'\\''s, so', then"),
        ("tsaccounts set p --redirect-uri http://a:1", "tsaccounts set p --redirect-uri http://a:1 --store /s"),
        ("name another store: tsaccounts --store DIR ...", "name another store: tsaccounts --store DIR ..."),
    ])
    func `each command of a sentence names the store`(_ sentence: String, _ expected: String) {
        #expect(text(sentence, "--store", "/s") == expected)
    }

    @Test(arguments: ["tsaccounts login p", "run it as the owner", "chmod 600 /s/key"])
    func `other text stays as it is`(text command: String) {
        #expect(text(command) == command)
        guard command != "tsaccounts login p" else { return }
        #expect(text(command, "--store", "/s") == command)
    }
}
