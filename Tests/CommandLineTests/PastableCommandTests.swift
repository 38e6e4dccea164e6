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
        "tsaccounts login p", "run it as the owner", "tsaccounts remove p, then add it again", "chmod 600 /s/key",
    ])
    func `other text stays as it is`(text command: String) {
        #expect(text(command) == command)
        guard command != "tsaccounts login p" else { return }
        #expect(text(command, "--store", "/s") == command)
    }
}
