import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite struct AccessKeyTests {
    @Test func `a key has 256 random bits and is safe in a URL`() {
        let keys = (0..<50).map { _ in AccessKey(.system).secret.exposed }
        #expect(Set(keys).count == 50)
        #expect(keys.allSatisfy { $0.utf8.count == AccessKey.length && $0.utf8.allSatisfy(Base64URL.isDigit) })
        #expect("\(AccessKey(.system))".contains("redacted"))
    }

    @Test func `only the whole key matches`() {
        let key = AccessKey(.system)
        let text = key.secret.exposed
        #expect(key.matches(text))
        #expect(!key.matches(""))
        #expect(!key.matches(text.dropLast()))
        #expect(!key.matches(text + "A"))
        #expect(!key.matches(text.lowercased()))
    }

    @Test func `a key that was kept can be read again`() {
        let text = AccessKey(.system).secret.exposed
        #expect(AccessKey(text)?.matches(text) == true)
        #expect(AccessKey("short") == nil)
        #expect(AccessKey(text.dropLast() + "=") == nil)
    }
}
