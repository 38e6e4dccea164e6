import Testing
import TradeStationModel

@testable import TradeStationOAuth

/// Requests to the callback that break the rules of HTTP.
@Suite(.serialized, .timeLimit(.minutes(20))) struct CallbackHostileRequestTests {
    @Test func `no request ends the process or the sign-in`() async throws {
        let signIn = try await SignIn.start()
        for number in 0..<200 {
            var random = SeededRandom(seed: number)
            let method = ["GET", "POST", "CONNECT", "PRI", "", "get", "HEAD"].randomElement(using: &random) ?? ""
            let target =
                ["/", "*", "", "localhost:1", "http://a/", "/?state=\u{0}", "//"].randomElement(using: &random) ?? ""
            // What breaks a response breaks a request too, from its second line on.
            let rest = HostileAnswer.bytes(number).drop { $0 != UInt8(ascii: "\r") }
            let version = ["HTTP/1.1", "HTTP/0.9", "HTTP/2.0", "", "000"].randomElement(using: &random) ?? ""
            let text = "\(method) \(target) \(version)" + String(decoding: rest, as: UTF8.self)
            _ = try? await RawSocket.connect(port: signIn.port).askOnce(text)
        }
        let page = try await RawSocket.get(signIn.validTarget, port: signIn.port)
        #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
        let code = try await signIn.task.value
        #expect(code.code.exposed == "c-1")
    }
}
