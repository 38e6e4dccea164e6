import Synchronization

/// A barrier at which threads wait for each other, so that they start together. They spin, because waking a thread takes
/// longer than the measured calls.
final class StartBarrier: Sendable {
    private let missing: Atomic<Int>

    init(for count: Int) {
        missing = Atomic(count)
    }

    func wait() {
        missing.subtract(1, ordering: .acquiringAndReleasing)
        while missing.load(ordering: .acquiring) > 0 {}
    }
}
