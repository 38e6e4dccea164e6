/// An answer that arrived after newer tokens had been saved. It is kept sealed (encrypted) beside these tokens: if the
/// server refuses them, the refresh token in the late answer may be the only one that still works.
package struct LateResult: Equatable, Sendable {
    /// The id of the attempt that the answer belongs to.
    package let attemptID: String
    /// The generation (the number of a token set) whose refresh token was sent to get the answer.
    package let generation: Int
    /// The refresh token in the answer; nil if there is none.
    package let refreshToken: Secret?

    /// Creates a late result.
    package init(attemptID: String, generation: Int, refreshToken: Secret?) {
        self.attemptID = attemptID
        self.generation = generation
        self.refreshToken = refreshToken
    }
}
