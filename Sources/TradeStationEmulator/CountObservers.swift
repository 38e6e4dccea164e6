/// The tasks that wait for the counts to change.
struct CountObservers: Sendable {
    private var continuations: [Int: AsyncStream<Void>.Continuation] = [:]
    private var added = 0

    mutating func add(_ continuation: AsyncStream<Void>.Continuation) -> Int {
        added += 1
        continuations[added] = continuation
        return added
    }

    mutating func remove(_ id: Int) {
        continuations[id] = nil
    }

    func notify() {
        for continuation in continuations.values { continuation.yield() }
    }
}
