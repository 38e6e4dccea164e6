import Foundation
import GRDB
import Synchronization
import TradeStationModel

/// Change counters in a file of fixed size, `locks/changes`. Writers use plain writes, which need no space once the file
/// exists. Readers copy the file into memory, at most once per tick of ``CoarseClock`` and after each write by this
/// process: a read usually costs a few nanoseconds, and a write by another process is noticed within ten milliseconds.
///
/// The file is not mapped: if another program shortened a mapped file, the next read would end the process.
final class DiskChangeCounters: StoreChangeCounters {
    private let path: String
    private let policy: PermissionPolicy
    private let page = CounterPage()
    private let signal = ChangeSignal()
    private let state = Mutex(State())
    /// Whether ``watch()`` was called; before that, nothing is copied.
    private let isWatching = Atomic(false)
    /// Whether the file was complete when it was last copied into memory.
    private let hasCounters = Atomic(false)
    /// The tick at which the file was last copied into memory.
    private let copiedAt = Atomic<Int64>(.min)
    /// The value of `writes` at which the file was last copied into memory.
    private let copiedWrites = Atomic<Int>(-1)

    private struct State {
        /// The open file. Nil before ``watch()``, and when the file is missing or shortened.
        var file: PrivateFile?
        var isClosed = false
        /// The bytes of the head, and of the whole file, as they were last read. They are reused, so that copying the
        /// file allocates no memory.
        var headBytes = [UInt8](repeating: 0, count: MemoryLayout<Int64>.size)
        var bytes: [UInt8] = []
    }

    /// The number of writes by all stores of this process.
    private static let writes = Atomic<Int>(0)

    init(path: String, policy: PermissionPolicy) {
        self.path = path
        self.policy = policy
    }

    // MARK: Reading

    var head: Int64? {
        guard isWatching.load(ordering: .acquiring) else { return nil }
        copyIfDue()
        return hasCounters.load(ordering: .acquiring) ? page[CounterPage.head] : nil
    }

    func stamp(of login: Login.ID) -> ChangeStamp {
        guard isWatching.load(ordering: .acquiring) else { return .unknown }
        copyIfDue()
        return ChangeStamp(rawValue: page[CounterPage.slot(of: login)])
    }

    var seesEveryWriter: Bool { false }

    func waitForHead(toMoveFrom head: Int64?) async {
        await signal.wait { self.head == head }
    }

    func watch() {
        state.withLock { state in
            guard state.file == nil, !state.isClosed else { return }
            let (tick, writes) = (CoarseClock.tick(), Self.writes.load(ordering: .acquiring))
            openAndCopy(into: &state, tick, writes)
            isWatching.store(true, ordering: .releasing)
        }
    }

    func close() {
        state.withLock { $0 = State(isClosed: true) }
    }

    private func copyIfDue() {
        // Both are read before the file. So if this process writes in between, the next call copies the file again.
        let (tick, writes) = (CoarseClock.tick(), Self.writes.load(ordering: .acquiring))
        guard copiedAt.load(ordering: .acquiring) != tick || copiedWrites.load(ordering: .acquiring) != writes else {
            return
        }
        state.withLock { state in
            guard !state.isClosed,
                copiedAt.load(ordering: .acquiring) != tick || copiedWrites.load(ordering: .acquiring) != writes
            else { return }
            if let file = state.file, file.isNamed, copy(file, into: &state, tick, writes) { return }
            // The file was removed, replaced or shortened.
            openAndCopy(into: &state, tick, writes)
        }
    }

    private func openAndCopy(into state: inout State, _ tick: Int64, _ writes: Int) {
        state.file = try? PrivateFile.existing(path: path, flags: O_RDONLY, policy: policy)
        if let file = state.file, copy(file, into: &state, tick, writes) { return }
        state.file = nil
        hasCounters.store(false, ordering: .releasing)
        for slot in 0..<CounterPage.count { page.store(0, in: slot) }
        note(tick, writes)
    }

    /// Copies the file into memory. Returns false if the file is not complete.
    private func copy(_ file: PrivateFile, into state: inout State, _ tick: Int64, _ writes: Int) -> Bool {
        if state.bytes.isEmpty { state.bytes = [UInt8](repeating: 0, count: CounterPage.bytes) }
        // Writers write the head last, so it is read first: the slots are at least as new as the head.
        guard (try? file.read(into: &state.headBytes)) == state.headBytes.count,
            (try? file.read(into: &state.bytes)) == CounterPage.bytes
        else { return false }
        state.bytes.withUnsafeBytes { bytes in
            for slot in 1..<CounterPage.count {
                let offset = slot * MemoryLayout<Int64>.size
                page.store(bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self), in: slot)
            }
        }
        page.store(Self.number(in: state.headBytes), in: CounterPage.head)
        hasCounters.store(true, ordering: .releasing)
        note(tick, writes)
        return true
    }

    private func note(_ tick: Int64, _ writes: Int) {
        copiedWrites.store(writes, ordering: .releasing)
        copiedAt.store(tick, ordering: .releasing)
    }

    // MARK: Writing

    func publish(_ database: Database) {
        try? writeChanges(of: database)
        Self.writes.add(1, ordering: .acquiringAndReleasing)
        signal.send()
    }

    private func writeChanges(of database: Database) throws {
        let file = try PrivateFile(path: path, flags: O_RDWR | O_CREAT, policy: policy)
        let shown = try isComplete(file) ? try head(in: file) : nil
        guard let changes = try UnpublishedChanges(in: database, shown: shown) else { return }
        let value = withUnsafeBytes(of: changes.head) { Array($0) }
        if let slots = changes.slots {
            for slot in slots { try file.write(value, at: Int64(slot * value.count)) }
        } else {
            let all = (1..<CounterPage.count).flatMap { _ in value }
            try file.write(all, at: Int64(value.count))
        }
        // The head is written last: a reader that sees it also sees all changes up to it.
        try file.write(value)
    }

    private func isComplete(_ file: PrivateFile) throws(AccountsError) -> Bool {
        try FileStatus.of(descriptor: file.descriptor, path: path).size >= CounterPage.bytes
    }

    /// The head in a file; nil if the file is too short.
    private func head(in file: PrivateFile) throws(AccountsError) -> Int64? {
        let bytes = try file.read(limit: MemoryLayout<Int64>.size)
        guard bytes.count == MemoryLayout<Int64>.size else { return nil }
        return Self.number(in: bytes)
    }

    private static func number(in bytes: [UInt8]) -> Int64 {
        bytes.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
    }
}
