import TradeStationModel

extension StagedTokens {
    /// As bytes, for sealing.
    var encoded: [UInt8] {
        Netstring.encode([
            String(parentGeneration), attemptID, identity.subject, identity.username, rotation.rawValue,
            tokens.accessToken.exposed, tokens.refreshToken?.exposed, tokens.idToken?.exposed,
            String(tokens.expiresAt.wall.milliseconds), tokens.expiresAt.bootID,
            String(tokens.expiresAt.bootMilliseconds), String(tokens.lifetimeSeconds), isSignIn ? "1" : "0",
        ])
    }

    /// From such bytes; nil when they are not.
    init?(encoded bytes: [UInt8]) {
        guard let fields = Netstring.decode(bytes), (12...13).contains(fields.count),
            let parent = fields[0].flatMap({ Int($0) }), let attemptID = fields[1],
            let rotation = fields[4].flatMap({ APIKey.Rotation(rawValue: $0) }), let access = fields[5],
            let wall = fields[8].flatMap({ Int64($0) }), let bootID = fields[9],
            let boot = fields[10].flatMap({ Int64($0) }), let lifetime = fields[11].flatMap({ Int($0) })
        else { return nil }
        let expiry = Moment(wall: Timestamp(milliseconds: wall), bootID: bootID, bootMilliseconds: boot)
        self.init(
            parentGeneration: parent,
            attemptID: attemptID,
            tokens: TokenSet(
                accessToken: Secret(access),
                refreshToken: fields[6].map { Secret($0) },
                idToken: fields[7].map { Secret($0) },
                expiresAt: expiry,
                lifetimeSeconds: lifetime
            ),
            identity: Identity(subject: fields[2], username: fields[3]),
            rotation: rotation,
            // A side file of the version before says nothing about it.
            isSignIn: fields.count == 13 && fields[12] == "1"
        )
    }
}
