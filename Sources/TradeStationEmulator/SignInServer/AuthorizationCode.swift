import Foundation

/// A code handed to the browser, to be exchanged once (RFC 6749 section 4.1.2).
struct AuthorizationCode: Sendable {
    /// Auth0's codes live for minutes; RFC 6749 recommends ten at most.
    static let lifetime: TimeInterval = 600

    let request: AuthorizationRequest
    let username: String
    let issuedAt: Date
    /// Names the family that the exchange starts, so that a second use can end it.
    let familyID: String
    var isUsed = false
}
