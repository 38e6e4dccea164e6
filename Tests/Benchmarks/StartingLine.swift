import Synchronization

/// Where threads wait for one another, so that they begin together. They spin: waking one takes longer than what follows.
final class StartingLine: Sendable {
    private let missing: Atomic<Int>

    init(for count: Int) {
        missing = Atomic(count)
    }

    func wait() {
        missing.subtract(1, ordering: .acquiringAndReleasing)
        while missing.load(ordering: .acquiring) > 0 {}
    }
}
