import GRDB
import Synchronization
import TradeStationModel

/// The board of a store in memory.
final class MemoryBoard: StoreBoard {
    private let words: BoardWords
    private let address: UInt
    private let bell = ChangeBell()

    init() {
        let start = UnsafeMutablePointer<Atomic<Int64>>.allocate(capacity: BoardWords.count)
        for slot in 0..<BoardWords.count { (start + slot).initialize(to: Atomic(0)) }
        address = UInt(bitPattern: start)
        words = BoardWords(at: address)
    }

    deinit { UnsafeMutablePointer<Atomic<Int64>>(bitPattern: address)?.deallocate() }

    /// It is there for all to see.
    func watch() {}

    var head: Int64? { words[BoardWords.head] }

    func lastChange(of login: Login.ID) -> Int64 { words[BoardWords.slot(of: login)] }

    var hearsEveryWriter: Bool { true }

    func headMoves(from head: Int64?) async {
        await bell.wait { self.head == head }
    }

    func publish(_ database: Database) {
        if let news = try? BoardNews(in: database, shown: head) {
            for slot in news.slots ?? Set(1..<BoardWords.count) { words[slot] = news.head }
            words[BoardWords.head] = news.head
        }
        bell.ring()
    }
}
