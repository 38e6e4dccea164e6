/// How long the answers of the token endpoint are waited for, in milliseconds.
///
/// If the refresh token stays the same, nothing is lost with an answer that comes too late. If it rotates, the answer
/// contains the only refresh token that still works, and sending the old one again can end the sign-in.
struct AnswerLimits: Sendable {
    /// The limit if no token can be lost with the answer.
    let usual: Int64
    /// The limit if the answer may contain the only refresh token that works.
    let longest: Int64

    init(usual: Int64, longest: Int64) {
        self.usual = usual
        self.longest = max(usual, longest)
    }

    /// The limit before a request is sent again whose answer may contain the only refresh token that works.
    ///
    /// It is less than half of the caller's time, because a reply can also be lost on its way. A server with an overlap
    /// then accepts the same refresh token again, while the caller still waits.
    func beforeReplay(remaining: Int64) -> Int64 { bounded(remaining / 5 * 2) }

    /// The limit if the request is not sent again, and its answer may contain the only refresh token that works.
    func withoutReplay(remaining: Int64) -> Int64 { bounded(remaining) }

    private func bounded(_ limit: Int64) -> Int64 { min(longest, max(usual, limit)) }
}
