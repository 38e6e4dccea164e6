import Foundation
package import TradeStationModel

/// What a program must know to use a profile through a listener of the proxy: 256 random bits, safe in a URL.
package struct AccessKey: Sendable {
    /// The header field that may carry the key instead of the path.
    package static let field = "X-TSAccounts-Key"
    /// The number of characters of a key.
    package static let length = 43

    /// The key. ``Secret/exposed`` returns its text.
    package let secret: Secret

    /// Creates a key from random bytes.
    package init(_ random: RandomSource) {
        secret = Secret(Base64URL.encode(random.bytes(32)))
    }

    /// Reads a key that was created earlier; nil if the text is not one.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == Self.length, text.utf8.allSatisfy(Base64URL.isDigit) else { return nil }
        secret = Secret(String(text))
    }

    /// Whether a text is the key. How long that takes does not depend on where they differ.
    func matches(_ text: some StringProtocol) -> Bool { Secret(String(text)) == secret }
}
