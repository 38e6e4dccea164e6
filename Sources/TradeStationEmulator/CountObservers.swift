/// The tasks that wait for the counts to change.
struct CountObservers: Sendable {
    private var continuations: [Int: AsyncStream<Void>.Continuation] = [:]
    private var lastID = 0

    mutating func add(_ continuation: AsyncStream<Void>.Continuation) -> Int {
        lastID += 1
        continuations[lastID] = continuation
        return lastID
    }

    mutating func remove(_ id: Int) {
        continuations[id] = nil
    }

    func notify() {
        for continuation in continuations.values { continuation.yield() }
    }
}
