import Testing
import TradeStationModel

@Suite struct SecretTests {
    @Test func `a secret prints, dumps and reflects as redacted`() {
        let secret = Secret("canary-5f3a")
        var dumped = ""
        dump(["key": secret, "other": secret], to: &dumped)
        let optional: Secret? = secret
        let texts = [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])",
            String(reflecting: optional), dumped, String(describing: Mirror(reflecting: secret).children.map { $0 }),
        ]
        for text in texts { #expect(!text.contains("canary")) }
        #expect("\(secret)" == "<redacted>")
    }

    @Test func `secrets are equal by their text`() {
        #expect(Secret("abc") == Secret("abc"))
        #expect(Secret("abc") != Secret("abd"))
        #expect(Secret("abc") != Secret("ab"))
    }
}
