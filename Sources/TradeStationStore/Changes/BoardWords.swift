import Synchronization
import TradeStationModel

/// The numbers of a board where they lie in memory, which others change at any moment: first the head, then what was
/// last seen of logins. Those whose ids are far apart share a number.
struct BoardWords: Sendable {
    static let count = 4096
    /// How much room they take.
    static let bytes = count * MemoryLayout<Int64>.size
    static let head = 0

    /// The number of a login.
    static func slot(of login: Login.ID) -> Int { 1 + Int(login.rawValue.magnitude % UInt64(count - 1)) }

    // Not as a pointer, which could not be handed to other threads.
    private let address: UInt

    /// - Parameter address: of that many bytes, which stay while this is used.
    init(at address: UInt) {
        self.address = address
    }

    subscript(slot: Int) -> Int64 {
        get { words?[slot].load(ordering: .acquiring) ?? 0 }
        nonmutating set { words?[slot].store(newValue, ordering: .releasing) }
    }

    private var words: UnsafePointer<Atomic<Int64>>? { UnsafePointer(bitPattern: address) }
}
