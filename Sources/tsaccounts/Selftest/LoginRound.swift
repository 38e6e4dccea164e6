/// What one login went through in one round, as both sides saw it. Tokens are told by their fingerprints.
struct LoginRound: Sendable, Equatable {
    let profile: String
    /// Access tokens that the server issued for it.
    let issued: [String]
    /// Access tokens that processes printed.
    let served: [String]
    /// The access token that it hands out afterwards; nil when it hands out none.
    let current: String?

    /// Printed tokens that are not the current one, or that the server issued at another time.
    var misserved: Int {
        served.count { $0 != current || !issued.contains($0) }
    }
}
