import Foundation

/// An authorization code, which can be exchanged once (RFC 6749 section 4.1.2).
struct AuthorizationCode: Sendable {
    /// The lifetime of a code, in seconds: ten minutes, the maximum that RFC 6749 recommends.
    static let lifetime: TimeInterval = 600

    let request: AuthorizationRequest
    let username: String
    let issuedAt: Date
    /// The id of the family of refresh tokens that starts with the code. A second use of the code ends the family.
    let familyID: String
    var isUsed = false
}
