/// One POST to the token endpoint. A replay is a new attempt.
public struct Attempt: Hashable, Sendable {
    /// Random: 32 lower-case hex digits.
    public let id: String
    /// When it began.
    public let startedAt: Timestamp

    /// An attempt by its random id.
    public init(id: String, startedAt: Timestamp) {
        self.id = id
        self.startedAt = startedAt
    }
}
