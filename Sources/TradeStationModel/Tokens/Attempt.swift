/// One POST to the token endpoint that asks for tokens. If it is repeated, each repetition is a new attempt.
package struct Attempt: Hashable, Sendable {
    /// A random id of 32 lower-case hexadecimal digits.
    package let id: String
    /// When the attempt started.
    package let startedAt: Timestamp

    /// Creates an attempt.
    package init(id: String, startedAt: Timestamp) {
        self.id = id
        self.startedAt = startedAt
    }
}
