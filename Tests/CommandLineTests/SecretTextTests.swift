import Testing

@testable import tsaccounts

@Suite struct SecretTextTests {
    @Test(
        arguments: [
            ("secret", nil), ("secret\n", nil), ("secret\r\n", nil), ("secret\n\n", nil), ("", nil), ("\n", nil),
            (" secret", "blanks"), ("secret\t\n", "blanks"), ("\u{A0}secret\u{200B}", "blanks"), ("\nsecret", "blanks"),
            ("\u{FEFF}secret\r\n", "a byte order mark"), ("\u{FEFF} secret", "a byte order mark and blanks"),
            ("\"secret\"", "quotes"), ("'secret'\n", "quotes"), (" \" secret \" ", "blanks and quotes"),
        ] as [(String, String?)]
    )
    func `what stands around a secret is removed and named`(_ raw: String, _ removed: String?) {
        let secret = SecretText(raw)
        #expect(secret.text == (raw.contains("secret") ? "secret" : ""))
        #expect(secret.removed == removed)
    }

    @Test(arguments: ["s e c", "\"secret", "a\"b\"", "'"])
    func `what belongs to a secret is kept`(_ raw: String) {
        #expect(SecretText(raw) == SecretText(raw + "\n"))
        #expect(SecretText(raw).text == raw)
    }
}
