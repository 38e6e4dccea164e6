import Foundation
import Testing

@testable import tsaccounts

@Suite struct BrowserCommandTests {
    @Test(arguments: [
        ("firefox", [["firefox", "page"]]),
        ("firefox --new-window", [["firefox", "--new-window", "page"]]),
        ("open -a 'My Browser' %s", [["open", "-a", "My Browser", "page"]]),
        ("firefox %s &", [["firefox", "page"]]),
        ("w3m:lynx -x:", [["w3m", "page"], ["lynx", "-x", "page"]]),
        ("a\\ b 100%% %c \"c:d\" --url=%s", [["a b", "100%", ":", "c:d", "--url=page"]]),
        (" : ", []),
    ])
    func `BROWSER is a list of commands with arguments`(_ value: String, _ commands: [[String]]) {
        let found = BrowserCommand.candidates(for: "page", ["BROWSER": value])
        #expect(found.map(\.words) == commands)
    }

    @Test func `BROWSER can be one program with blanks and colons in its path`() throws {
        #expect(BrowserCommand.candidates(for: "page", ["BROWSER": "/bin/sh"]).map(\.words) == [["/bin/sh", "page"]])
    }

    @Test func `a program is looked up in the PATH`() {
        #expect(BrowserCommand(words: ["sh"]).executable(["PATH": "/nowhere:/bin"])?.path == "/bin/sh")
        #expect(BrowserCommand(words: ["no-such-program"]).executable(["PATH": "/bin"]) == nil)
        #expect(BrowserCommand(words: ["/no/such/program"]).executable([:]) == nil)
        #expect(BrowserCommand(words: []).executable([:]) == nil)
    }
}
