import Foundation
import Synchronization
import TradeStationModel

/// The change counters in the memory of this process: the first one, the head, is the sequence number of the newest
/// audit row; the others, the slots, tell when their logins last changed. Two logins share a slot if their ids differ
/// by a multiple of the number of slots.
///
/// Reading a slot takes two memory accesses and no reference count; an `AtomicLazyReference` to the memory made the same
/// read forty times as slow.
final class CounterPage: Sendable {
    static let count = 4096
    static let bytes = count * MemoryLayout<Int64>.size
    static let head = 0

    // The pointer is set once and stays valid until `deinit`, and all accesses to the memory behind it are atomic: so it
    // may be shared between threads.
    private nonisolated(unsafe) let memory = Atomic<UnsafePointer<Atomic<Int64>>?>(nil)

    deinit {
        if let counters { munmap(UnsafeMutableRawPointer(mutating: counters), Self.bytes) }
    }

    /// The slot of a login.
    static func slot(of login: Login.ID) -> Int { 1 + Int(login.rawValue.magnitude % UInt64(count - 1)) }

    var exists: Bool { counters != nil }

    /// The value of a slot; nil while there is no memory.
    subscript(slot: Int) -> Int64? { counters?[slot].load(ordering: .acquiring) }

    /// Sets a slot, if there is memory.
    func store(_ value: Int64, in slot: Int) {
        counters?[slot].store(value, ordering: .releasing)
    }

    /// Allocates the memory, filled with zeros. Further calls do nothing.
    func allocate() {
        let start = mmap(nil, Self.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
        guard let start, start != MAP_FAILED else { return }
        let isFirst = memory.compareExchange(
            expected: nil,
            desired: UnsafePointer(start.bindMemory(to: Atomic<Int64>.self, capacity: Self.count)),
            ordering: .acquiringAndReleasing
        ).exchanged
        if !isFirst { munmap(start, Self.bytes) }
    }

    private var counters: UnsafePointer<Atomic<Int64>>? { memory.load(ordering: .acquiring) }
}
