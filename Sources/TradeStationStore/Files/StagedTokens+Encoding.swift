import TradeStationModel

extension StagedTokens {
    /// The fields of the encoded form, in their order.
    ///
    /// A new field is added at the end, and a missing field is read as nil, so that a process can read what a process
    /// of another version has left. JSON is not used, because escapes could outgrow the reserved space.
    private enum Field: Int, CaseIterable {
        case parentGeneration, attemptID, subject, username, rotation
        case accessToken, refreshToken, idToken
        case expiryWallMilliseconds, expiryBootID, expiryBootMilliseconds, lifetimeSeconds
        case isSignIn
    }

    /// The bytes to seal.
    var encoded: [UInt8] { Netstring.encode(Field.allCases.map(text)) }

    /// Creates the content of a side file from its bytes; nil if they are invalid.
    init?(encoded bytes: [UInt8]) {
        guard let texts = Netstring.decode(bytes) else { return nil }
        func text(_ field: Field) -> String? {
            texts.indices.contains(field.rawValue) ? texts[field.rawValue] : nil
        }
        func integer<Value: FixedWidthInteger>(_ field: Field) -> Value? { text(field).flatMap { Value($0) } }
        func secret(_ field: Field) -> Secret? { text(field).map { Secret($0) } }

        guard texts.count <= Field.allCases.count, let parent: Int = integer(.parentGeneration),
            let attempt = text(.attemptID), let rotation = text(.rotation).flatMap(APIKey.Rotation.init(rawValue:)),
            let access = secret(.accessToken), let wall: Int64 = integer(.expiryWallMilliseconds),
            let bootID = text(.expiryBootID), let boot: Int64 = integer(.expiryBootMilliseconds),
            let lifetime: Int = integer(.lifetimeSeconds)
        else { return nil }
        self.init(
            parentGeneration: parent,
            attemptID: attempt,
            tokens: TokenSet(
                accessToken: access,
                refreshToken: secret(.refreshToken),
                idToken: secret(.idToken),
                expiresAt: Moment(wall: Timestamp(milliseconds: wall), bootID: bootID, bootMilliseconds: boot),
                lifetimeSeconds: lifetime
            ),
            identity: Identity(subject: text(.subject), username: text(.username)),
            rotation: rotation,
            isSignIn: text(.isSignIn) == "1"
        )
    }

    private func text(_ field: Field) -> String? {
        switch field {
        case .parentGeneration: String(parentGeneration)
        case .attemptID: attemptID
        case .subject: identity.subject
        case .username: identity.username
        case .rotation: rotation.rawValue
        case .accessToken: tokens.accessToken.exposed
        case .refreshToken: tokens.refreshToken?.exposed
        case .idToken: tokens.idToken?.exposed
        case .expiryWallMilliseconds: String(tokens.expiresAt.wall.milliseconds)
        case .expiryBootID: tokens.expiresAt.bootID
        case .expiryBootMilliseconds: String(tokens.expiresAt.bootMilliseconds)
        case .lifetimeSeconds: String(tokens.lifetimeSeconds)
        case .isSignIn: isSignIn ? "1" : "0"
        }
    }
}
