import Foundation

/// All refresh tokens that descend from one sign-in, and the rule which of them still pass.
///
/// Rotation follows Auth0: a rotated token is superseded; within the overlap, counted from its first rotation, the
/// immediately previous token may be presented again (as often as replies get lost) and each time gets a further new
/// token; anything older, or later, ends the whole family.
struct TokenFamily: Sendable {
    enum Verdict: Equatable {
        case passes
        /// Superseded for good: somebody else may hold the newer one.
        case reused
        case expired
        /// The family had already ended.
        case ended
    }

    private struct Token: Sendable {
        let generation: Int
        /// Generation of the token that was presented for this one; 0 for the first.
        let parent: Int
        let issuedAt: Date
    }

    let id: String
    let clientID: String
    let username: String
    let scopes: [String]
    let startedAt: Date
    private(set) var ended = false
    /// How many refresh tokens the family has had.
    private(set) var generation = 0
    /// The generation rotated last, whose children are the current tokens; 0 at first.
    private var rotated = 0
    private var rotatedAt: Date?
    private var tokens: [String: Token] = [:]

    init(id: String, clientID: String, username: String, scopes: [String], startedAt: Date) {
        self.id = id
        self.clientID = clientID
        self.username = username
        self.scopes = scopes
        self.startedAt = startedAt
    }

    /// Adds the token of a sign-in.
    mutating func issueFirst(_ refreshToken: String, at now: Date) {
        issue(refreshToken, parent: 0, at: now)
    }

    /// Exchanges a token that passes for the next one.
    mutating func rotate(_ presented: String, into next: String, at now: Date) {
        guard let token = tokens[presented] else { return }
        if token.generation != rotated {
            rotated = token.generation
            rotatedAt = now
        }
        issue(next, parent: token.generation, at: now)
    }

    /// Ends the family for good.
    mutating func end() {
        ended = true
    }

    /// Whether a refresh token of this family may be exchanged now.
    func verdict(on refreshToken: String, at now: Date, settings: EmulatorSettings) -> Verdict {
        guard !ended, let token = tokens[refreshToken] else { return .ended }
        if settings.rotate {
            if now >= startedAt.addingTimeInterval(Double(settings.absoluteSeconds)) { return .expired }
            if token.parent == rotated, now >= token.issuedAt.addingTimeInterval(Double(settings.idleSeconds)) {
                return .expired
            }
        }
        if token.parent == rotated { return .passes }
        guard token.generation == rotated, let rotatedAt else { return .reused }
        return now < rotatedAt.addingTimeInterval(Double(settings.overlapSeconds)) ? .passes : .reused
    }

    /// The place of a token in the family, counting from 1.
    func generation(of refreshToken: String) -> Int? {
        tokens[refreshToken]?.generation
    }

    private mutating func issue(_ refreshToken: String, parent: Int, at now: Date) {
        generation += 1
        tokens[refreshToken] = Token(generation: generation, parent: parent, issuedAt: now)
    }
}
