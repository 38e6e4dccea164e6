import Crypto
import Foundation

/// The first 12 hexadecimal digits of a SHA-256: enough to follow a token through the log, useless as a token.
public enum Fingerprint {
    /// How a token appears in the log.
    public static func of(_ token: String) -> String {
        let hex = Array("0123456789abcdef")
        return SHA256.hash(data: Data(token.utf8)).prefix(6).reduce(into: "") { text, byte in
            text.append(hex[Int(byte >> 4)])
            text.append(hex[Int(byte & 0x0f)])
        }
    }
}
