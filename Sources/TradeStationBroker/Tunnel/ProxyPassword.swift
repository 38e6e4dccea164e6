import Foundation
package import TradeStationModel

/// The user name and password that the programs of one run send to its proxy.
package struct ProxyPassword: Sendable {
    /// The user name. It is the same in every run.
    package static let user = "tsaccounts"

    /// The password.
    package let secret: Secret

    /// Creates a password of 128 random bits.
    package init(_ random: RandomSource) {
        secret = Secret(random.hex(bytes: 16))
    }

    /// Whether a `Proxy-Authorization` header field contains the user name and the password (RFC 7617).
    ///
    /// How long the comparison takes does not depend on where they differ.
    package func matches(_ field: String?) -> Bool {
        guard let field else { return false }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let data = Data(base64Encoded: parts[1].trimmingCharacters(in: .whitespaces))
        else { return false }
        return Secret(String(decoding: data, as: UTF8.self)) == Secret("\(Self.user):\(secret.exposed)")
    }
}
