import Synchronization
import TradeStationModel

/// The change counters in the memory of this process: the first one, the head, is the sequence number of the newest
/// audit row; the others, the slots, tell when their logins last changed. Two logins share a slot if their ids differ
/// by a multiple of the number of slots.
///
/// The counters are part of the object, so reading a slot takes one memory access and no reference count.
final class CounterPage: Sendable {
    static let count = 4096
    static let bytes = count * MemoryLayout<Int64>.size
    static let head = 0

    private let counters = InlineArray<4096, Atomic<Int64>> { _ in Atomic(0) }

    /// The slot of a login.
    static func slot(of login: Login.ID) -> Int { 1 + Int(login.rawValue.magnitude % UInt64(count - 1)) }

    /// The value of a slot.
    subscript(slot: Int) -> Int64 { counters[slot].load(ordering: .acquiring) }

    /// Sets a slot.
    func store(_ value: Int64, in slot: Int) {
        counters[slot].store(value, ordering: .releasing)
    }
}
