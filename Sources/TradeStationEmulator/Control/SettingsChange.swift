/// A change of settings in JSON format; a setting that is missing keeps its value.
struct SettingsChange: Codable, Sendable {
    var accessTokenSeconds: Int?
    var rotate: Bool?
    var overlapSeconds: Int?
    var idleSeconds: Int?
    var absoluteSeconds: Int?
    var acceptsBasic: Bool?
    var revokeScope: EmulatorSettings.RevokeScope?
    var heartbeatSeconds: Double?
    var streamSeconds: Double?
    var streamChunks: StreamChunks?
    var streamExpiry: StreamExpiry?
    var streamLimit: Int?
    var quotaLimit: Int?
    var quotaSeconds: Int?
    var sendsRetryAfter: Bool?
    /// Redirect URIs to register in addition to the existing ones.
    var redirectURIs: [String]?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case accessTokenSeconds = "access_token_seconds"
        case rotate
        case overlapSeconds = "overlap"
        case idleSeconds = "idle"
        case absoluteSeconds = "absolute"
        case acceptsBasic = "accepts_basic"
        case revokeScope = "revoke_scope"
        case heartbeatSeconds = "heartbeat_seconds"
        case streamSeconds = "stream_seconds"
        case streamChunks = "stream_chunks"
        case streamExpiry = "stream_expiry"
        case streamLimit = "stream_limit"
        case quotaLimit = "quota_limit"
        case quotaSeconds = "quota_seconds"
        case sendsRetryAfter = "sends_retry_after"
        case redirectURIs = "redirect_uris"
    }

    init(describing server: AuthorizationServer) {
        accessTokenSeconds = server.settings.accessTokenSeconds
        rotate = server.settings.rotate
        overlapSeconds = server.settings.overlapSeconds
        idleSeconds = server.settings.idleSeconds
        absoluteSeconds = server.settings.absoluteSeconds
        acceptsBasic = server.settings.acceptsBasic
        revokeScope = server.settings.revokeScope
        heartbeatSeconds = server.settings.heartbeatSeconds
        streamSeconds = server.settings.streamSeconds
        streamChunks = server.settings.streamChunks
        streamExpiry = server.settings.streamExpiry
        streamLimit = server.settings.streamLimit
        quotaLimit = server.settings.quotaLimit
        quotaSeconds = server.settings.quotaSeconds
        sendsRetryAfter = server.settings.sendsRetryAfter
        redirectURIs = server.redirectURIs.sorted()
    }

    init(from decoder: any Decoder) throws {
        try InvalidJSON.refuseUnknownKeys(in: decoder, known: CodingKeys.allCases.map(\.rawValue))
        let change = try decoder.container(keyedBy: CodingKeys.self)
        func seconds(_ key: CodingKeys, from minimum: Int) throws -> Int? {
            try number(key, from: minimum, to: Self.maximum, " seconds")
        }
        func number<Number: Decodable & Comparable>(
            _ key: CodingKeys,
            from minimum: Number,
            to maximum: Number,
            _ unit: String = ""
        ) throws -> Number? {
            guard let number = try change.decodeIfPresent(Number.self, forKey: key) else { return nil }
            guard (minimum...maximum).contains(number) else {
                throw InvalidJSON(reason: "\"\(key.rawValue)\" must be between \(minimum) and \(maximum)\(unit).")
            }
            return number
        }
        accessTokenSeconds = try seconds(.accessTokenSeconds, from: 1)
        rotate = try change.decodeIfPresent(Bool.self, forKey: .rotate)
        overlapSeconds = try seconds(.overlapSeconds, from: 0)
        idleSeconds = try seconds(.idleSeconds, from: 1)
        absoluteSeconds = try seconds(.absoluteSeconds, from: 1)
        acceptsBasic = try change.decodeIfPresent(Bool.self, forKey: .acceptsBasic)
        revokeScope = try change.decodeIfPresent(EmulatorSettings.RevokeScope.self, forKey: .revokeScope)
        heartbeatSeconds = try number(.heartbeatSeconds, from: 0, to: Double(Self.maximum), " seconds")
        streamSeconds = try number(.streamSeconds, from: 0, to: Double(Self.maximum), " seconds")
        streamChunks = try change.decodeIfPresent(StreamChunks.self, forKey: .streamChunks)
        streamExpiry = try change.decodeIfPresent(StreamExpiry.self, forKey: .streamExpiry)
        streamLimit = try number(.streamLimit, from: 0, to: Self.maximum)
        quotaLimit = try number(.quotaLimit, from: 0, to: Self.maximum)
        quotaSeconds = try seconds(.quotaSeconds, from: 1)
        sendsRetryAfter = try change.decodeIfPresent(Bool.self, forKey: .sendsRetryAfter)
        redirectURIs = try change.decodeIfPresent([String].self, forKey: .redirectURIs)
    }

    func apply(to server: inout AuthorizationServer) {
        server.settings.accessTokenSeconds = accessTokenSeconds ?? server.settings.accessTokenSeconds
        server.settings.rotate = rotate ?? server.settings.rotate
        server.settings.overlapSeconds = overlapSeconds ?? server.settings.overlapSeconds
        server.settings.idleSeconds = idleSeconds ?? server.settings.idleSeconds
        server.settings.absoluteSeconds = absoluteSeconds ?? server.settings.absoluteSeconds
        server.settings.acceptsBasic = acceptsBasic ?? server.settings.acceptsBasic
        server.settings.revokeScope = revokeScope ?? server.settings.revokeScope
        server.settings.heartbeatSeconds = heartbeatSeconds ?? server.settings.heartbeatSeconds
        server.settings.streamSeconds = streamSeconds ?? server.settings.streamSeconds
        server.settings.streamChunks = streamChunks ?? server.settings.streamChunks
        server.settings.streamExpiry = streamExpiry ?? server.settings.streamExpiry
        server.settings.streamLimit = streamLimit ?? server.settings.streamLimit
        server.settings.quotaLimit = quotaLimit ?? server.settings.quotaLimit
        server.settings.quotaSeconds = quotaSeconds ?? server.settings.quotaSeconds
        server.settings.sendsRetryAfter = sendsRetryAfter ?? server.settings.sendsRetryAfter
        server.redirectURIs.formUnion(redirectURIs ?? [])
    }

    /// The maximum value of every numeric setting. For a setting in seconds, it is ten years, which is longer than any
    /// test.
    static let maximum = 315_360_000
}
