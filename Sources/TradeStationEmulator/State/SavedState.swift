import Foundation

/// What an emulator keeps over a restart: its port and secret, so that existing profiles can still use it, and the
/// sign-ins with their tokens. Orders, streams and counts start anew.
struct SavedState: Codable, Sendable, Equatable {
    struct Grant: Codable, Sendable, Equatable {
        let username: String
        let scopes: [String]
        let familyID: String
        let expiresAt: Date
    }

    var port: Int
    let clientSecret: String
    /// The seconds by which the emulator's clock is ahead of ``EmulatorConfiguration/now``.
    var clockOffset: TimeInterval = 0
    var families: [TokenFamily] = []
    /// The grants by access token.
    var accessTokens: [String: Grant] = [:]
    var loginsLost = 0
}

extension EmulatorState {
    /// The state to keep, for an emulator at a port.
    func saved(port: Int, clientSecret: String) -> SavedState {
        SavedState(
            port: port,
            clientSecret: clientSecret,
            clockOffset: clockOffset,
            families: server.families.values.sorted { $0.id < $1.id },
            accessTokens: server.accessTokens.mapValues {
                SavedState.Grant(
                    username: $0.user.username,
                    scopes: $0.scopes,
                    familyID: $0.familyID,
                    expiresAt: $0.expiresAt
                )
            },
            loginsLost: server.loginsLost
        )
    }

    /// Continues with what an earlier emulator kept.
    mutating func restore(_ saved: SavedState) {
        clockOffset = saved.clockOffset
        server.loginsLost = saved.loginsLost
        for family in saved.families {
            server.families[family.id] = family
            for token in family.refreshTokens { server.refreshTokens[token] = family.id }
        }
        for (token, grant) in saved.accessTokens {
            guard let user = server.users[grant.username] else { continue }
            server.accessTokens[token] = AccessGrant(
                user: user,
                scopes: grant.scopes,
                familyID: grant.familyID,
                expiresAt: grant.expiresAt
            )
        }
    }
}
