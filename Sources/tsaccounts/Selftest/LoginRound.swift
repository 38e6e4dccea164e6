/// The tokens of one login in one round, as the server and the processes saw them. Tokens appear as fingerprints.
struct LoginRound: Sendable, Equatable {
    let profile: String
    /// The access tokens that the server issued for the login.
    let issued: [String]
    /// The access tokens that processes printed.
    let served: [String]
    /// The login's access token after the round, or nil if it has none.
    let current: String?

    /// The number of printed tokens that are not current or were not issued in this round.
    var wronglyServed: Int {
        served.count { $0 != current || !issued.contains($0) }
    }
}
