import Foundation

/// The refresh tokens that descend from one sign-in, and the rules for which of them are valid.
///
/// Rotation follows Auth0: a refresh replaces the token with a new one. When the token is replaced for the first time,
/// an overlap of ``EmulatorSettings/overlapSeconds`` starts. During the overlap, the client can present the replaced
/// token again, for example because an answer was lost. It gets another new token each time. Presenting an older token,
/// or the replaced one after the overlap, ends the whole family.
struct TokenFamily: Codable, Sendable, Equatable {
    enum Verdict: Equatable {
        case valid
        /// The token was replaced; another client may have the newer one.
        case reused
        case expired
        /// The family has already ended.
        case ended
    }

    private struct Token: Codable, Sendable, Equatable {
        let generation: Int
        /// The generation of the token that was exchanged for this one; 0 for the first.
        let parent: Int
        let issuedAt: Date
    }

    let id: String
    let clientID: String
    let username: String
    let scopes: [String]
    let startedAt: Date
    private(set) var hasEnded = false
    /// The number of refresh tokens that the family has had.
    private(set) var generation = 0
    /// The generation of the token that was replaced last; 0 at first. Tokens with this parent are the current ones.
    private var rotatedGeneration = 0
    private var rotatedAt: Date?
    private var tokens: [String: Token] = [:]

    init(id: String, clientID: String, username: String, scopes: [String], startedAt: Date) {
        self.id = id
        self.clientID = clientID
        self.username = username
        self.scopes = scopes
        self.startedAt = startedAt
    }

    /// All refresh tokens that the family has had.
    var refreshTokens: some Sequence<String> { tokens.keys }

    /// Adds the first token, from a sign-in.
    mutating func issueFirst(_ refreshToken: String, at now: Date) {
        issue(refreshToken, parent: 0, at: now)
    }

    /// Replaces a valid token with the next one.
    mutating func rotate(_ presented: String, into next: String, at now: Date) {
        guard let token = tokens[presented] else { return }
        if token.generation != rotatedGeneration {
            rotatedGeneration = token.generation
            rotatedAt = now
        }
        issue(next, parent: token.generation, at: now)
    }

    /// Ends the family.
    mutating func end() {
        hasEnded = true
    }

    /// Decides whether a refresh token of this family can be exchanged now.
    func verdict(on refreshToken: String, at now: Date, settings: EmulatorSettings) -> Verdict {
        guard !hasEnded, let token = tokens[refreshToken] else { return .ended }
        if settings.rotate {
            if now >= startedAt.addingTimeInterval(Double(settings.absoluteSeconds)) { return .expired }
            let idleEnd = token.issuedAt.addingTimeInterval(Double(settings.idleSeconds))
            if token.parent == rotatedGeneration, now >= idleEnd {
                return .expired
            }
        }
        if token.parent == rotatedGeneration { return .valid }
        guard token.generation == rotatedGeneration, let rotatedAt else { return .reused }
        return now < rotatedAt.addingTimeInterval(Double(settings.overlapSeconds)) ? .valid : .reused
    }

    /// The generation of a token, starting at 1.
    func generation(of refreshToken: String) -> Int? {
        tokens[refreshToken]?.generation
    }

    private mutating func issue(_ refreshToken: String, parent: Int, at now: Date) {
        generation += 1
        tokens[refreshToken] = Token(generation: generation, parent: parent, issuedAt: now)
    }
}
