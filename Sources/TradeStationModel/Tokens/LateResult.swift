/// The known facts about an answer that arrived after a newer generation was saved. It is kept sealed beside the
/// current tokens: if these turn out to be refused, its refresh token may be the only one that still works.
package struct LateResult: Equatable, Sendable {
    /// The attempt that the answer belongs to.
    package let attemptID: String
    /// The generation whose refresh token was exchanged for it.
    package let generation: Int
    /// The refresh token in it, if it has one.
    package let refreshToken: Secret?

    /// Describes a kept answer.
    package init(attemptID: String, generation: Int, refreshToken: Secret?) {
        self.attemptID = attemptID
        self.generation = generation
        self.refreshToken = refreshToken
    }
}
