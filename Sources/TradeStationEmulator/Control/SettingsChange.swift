/// A change of settings as JSON; what is not named stays as it is.
struct SettingsChange: Codable, Sendable {
    var accessTokenSeconds: Int?
    var rotate: Bool?
    var overlap: Int?
    var idle: Int?
    var absolute: Int?
    var acceptsBasic: Bool?
    var revokeScope: EmulatorSettings.RevokeScope?
    /// Redirect URIs to register beside those there are.
    var redirectURIs: [String]?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case accessTokenSeconds = "access_token_seconds"
        case rotate, overlap, idle, absolute
        case acceptsBasic = "accepts_basic"
        case revokeScope = "revoke_scope"
        case redirectURIs = "redirect_uris"
    }

    init(describing server: AuthorizationServer) {
        accessTokenSeconds = server.settings.accessTokenSeconds
        rotate = server.settings.rotate
        overlap = server.settings.overlapSeconds
        idle = server.settings.idleSeconds
        absolute = server.settings.absoluteSeconds
        acceptsBasic = server.settings.acceptsBasic
        revokeScope = server.settings.revokeScope
        redirectURIs = server.redirectURIs.sorted()
    }

    init(from decoder: any Decoder) throws {
        try InvalidJSON.refuseUnknownKeys(in: decoder, known: CodingKeys.allCases.map(\.rawValue))
        let change = try decoder.container(keyedBy: CodingKeys.self)
        func seconds(_ key: CodingKeys, from least: Int) throws -> Int? {
            guard let seconds = try change.decodeIfPresent(Int.self, forKey: key) else { return nil }
            guard (least...Self.longest).contains(seconds) else {
                throw InvalidJSON(
                    reason: "\"\(key.rawValue)\" must be between \(least) and \(Self.longest) seconds."
                )
            }
            return seconds
        }
        accessTokenSeconds = try seconds(.accessTokenSeconds, from: 1)
        rotate = try change.decodeIfPresent(Bool.self, forKey: .rotate)
        overlap = try seconds(.overlap, from: 0)
        idle = try seconds(.idle, from: 1)
        absolute = try seconds(.absolute, from: 1)
        acceptsBasic = try change.decodeIfPresent(Bool.self, forKey: .acceptsBasic)
        revokeScope = try change.decodeIfPresent(EmulatorSettings.RevokeScope.self, forKey: .revokeScope)
        redirectURIs = try change.decodeIfPresent([String].self, forKey: .redirectURIs)
    }

    func apply(to server: inout AuthorizationServer) {
        server.settings.accessTokenSeconds = accessTokenSeconds ?? server.settings.accessTokenSeconds
        server.settings.rotate = rotate ?? server.settings.rotate
        server.settings.overlapSeconds = overlap ?? server.settings.overlapSeconds
        server.settings.idleSeconds = idle ?? server.settings.idleSeconds
        server.settings.absoluteSeconds = absolute ?? server.settings.absoluteSeconds
        server.settings.acceptsBasic = acceptsBasic ?? server.settings.acceptsBasic
        server.settings.revokeScope = revokeScope ?? server.settings.revokeScope
        server.redirectURIs.formUnion(redirectURIs ?? [])
    }

    /// Ten years: longer than any test, short enough for every date.
    static let longest = 315_360_000
}
