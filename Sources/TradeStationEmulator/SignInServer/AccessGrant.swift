import Foundation

/// What an access token that was issued allows. The server keeps one for each, so a token made elsewhere is unknown.
struct AccessGrant: Sendable {
    let user: EmulatorUser
    let scopes: [String]
    let familyID: String
    let expiresAt: Date
}
