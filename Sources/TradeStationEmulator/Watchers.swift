/// Those who wait for the counts to change.
struct Watchers: Sendable {
    private var bells: [Int: AsyncStream<Void>.Continuation] = [:]
    private var added = 0

    mutating func add(_ bell: AsyncStream<Void>.Continuation) -> Int {
        added += 1
        bells[added] = bell
        return added
    }

    mutating func remove(_ id: Int) {
        bells[id] = nil
    }

    func ring() {
        for bell in bells.values { bell.yield() }
    }
}
