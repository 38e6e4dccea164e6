import Foundation
import GRDB
import Synchronization
import TradeStationModel

/// A board in a file of fixed size, `locks/changes`: writers write to it with plain writes, which need no space once it
/// is there, and readers look at it through shared memory. It is never shortened: that would end those who look.
final class DiskBoard: StoreBoard {
    private let path: String
    private let bell = ChangeBell()
    /// Where it lies in memory; 0 until it does.
    private let mapped = Atomic<UInt>(0)

    init(path: String) {
        self.path = path
    }

    deinit {
        if let start = UnsafeMutableRawPointer(bitPattern: mapped.load(ordering: .acquiring)) {
            munmap(start, BoardWords.bytes)
        }
    }

    // MARK: Looking

    var head: Int64? { words?[BoardWords.head] }

    func lastChange(of login: Login.ID) -> Int64 { words?[BoardWords.slot(of: login)] ?? 0 }

    var hearsEveryWriter: Bool { false }

    func headMoves(from head: Int64?) async {
        await bell.wait { self.head == head }
    }

    func watch() {
        guard words == nil, let start = try? map() else { return }
        let isFirst = mapped.compareExchange(
            expected: 0,
            desired: UInt(bitPattern: start),
            ordering: .acquiringAndReleasing
        ).exchanged
        if !isFirst { munmap(start, BoardWords.bytes) }
    }

    private var words: BoardWords? {
        let address = mapped.load(ordering: .acquiring)
        return address == 0 ? nil : BoardWords(at: address)
    }

    private func map() throws(AccountsError) -> UnsafeMutableRawPointer? {
        guard let file = try PrivateFile.existing(path: path, flags: O_RDONLY), try isWhole(file) else { return nil }
        let start = mmap(nil, BoardWords.bytes, PROT_READ, MAP_SHARED, file.descriptor, 0)
        return start == MAP_FAILED ? nil : start
    }

    // MARK: Writing

    func publish(_ database: Database) {
        try? write(newsOf: database)
        bell.ring()
    }

    private func write(newsOf database: Database) throws {
        let file = try PrivateFile(path: path, flags: O_RDWR | O_CREAT)
        let shown = try isWhole(file) ? try head(in: file) : nil
        guard let news = try BoardNews(in: database, shown: shown) else { return }
        let number = withUnsafeBytes(of: news.head) { Array($0) }
        if let slots = news.slots {
            for slot in slots { try file.write(number, at: Int64(slot * number.count)) }
        } else {
            let all = (1..<BoardWords.count).flatMap { _ in number }
            try file.write(all, at: Int64(number.count))
        }
        // Last: a head that is shown is said to be shown with all that came before it.
        try file.write(number)
    }

    private func isWhole(_ file: PrivateFile) throws(AccountsError) -> Bool {
        try FileStatus.of(descriptor: file.descriptor, path: path).size >= BoardWords.bytes
    }

    private func head(in file: PrivateFile) throws(AccountsError) -> Int64 {
        try file.read(limit: MemoryLayout<Int64>.size).withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
    }
}
