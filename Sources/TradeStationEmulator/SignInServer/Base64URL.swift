import Foundation

/// Base64 with the URL-safe alphabet and no padding (RFC 4648 section 5), as used by JWT and PKCE.
///
/// Foundation's own base64url options need Swift 6.3 and macOS 26.4; this package supports older versions.
enum Base64URL {
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString()
            .replacing("+", with: "-")
            .replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
