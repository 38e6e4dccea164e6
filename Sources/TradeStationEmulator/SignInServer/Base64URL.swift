import Foundation

/// Base64 with the URL alphabet and no padding (RFC 4648 section 5), as in JWTs and PKCE.
enum Base64URL {
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-")
            .replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
