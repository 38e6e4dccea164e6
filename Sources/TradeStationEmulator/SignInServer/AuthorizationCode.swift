import Foundation

/// An authorization code, which can be exchanged once (RFC 6749 section 4.1.2).
struct AuthorizationCode: Sendable {
    /// RFC 6749 recommends a lifetime of at most ten minutes.
    static let lifetime: TimeInterval = 600

    let request: AuthorizationRequest
    let username: String
    let issuedAt: Date
    /// The family of refresh tokens that the exchange starts; a second use of the code ends it.
    let familyID: String
    var isUsed = false
}
