import Crypto
import Foundation

/// The fingerprint of a token: the first 12 hexadecimal digits of its SHA-256. It identifies a token in the log and
/// cannot be used as one.
public enum Fingerprint {
    /// The fingerprint of a token.
    public static func of(_ token: String) -> String {
        let hex = Array("0123456789abcdef")
        return SHA256.hash(data: Data(token.utf8)).prefix(6).reduce(into: "") { text, byte in
            text.append(hex[Int(byte >> 4)])
            text.append(hex[Int(byte & 0x0f)])
        }
    }
}
