/// One POST to the token endpoint. A replay is a new attempt.
package struct Attempt: Hashable, Sendable {
    /// Random: 32 lower-case hex digits.
    package let id: String
    /// When it began.
    package let startedAt: Timestamp

    /// An attempt by its random id.
    package init(id: String, startedAt: Timestamp) {
        self.id = id
        self.startedAt = startedAt
    }
}
