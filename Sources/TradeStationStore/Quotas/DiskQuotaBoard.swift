import Foundation
import Synchronization
import TradeStationModel

/// The quotas in a file of fixed size, `locks/quotas`, which all processes read and write with plain calls: some
/// microseconds for each request to the API, and no disk sync.
///
/// The file is not mapped: if another program shortened a mapped file, the next read would end the process. Changes of
/// a row are made under a lock of the file that is tried, but never waited for, so that a process that was stopped
/// holds up nobody: then two processes may count one request for another, which the next answer corrects.
final class DiskQuotaBoard: QuotaBoard {
    private let path: String
    private let policy: PermissionPolicy
    private let state = Mutex(State())
    private let fallback = MemoryQuotaBoard()

    private struct State {
        var file: PrivateFile?
        var isClosed = false
    }

    /// How often the lock is tried.
    private static let tries = 16

    init(path: String, policy: PermissionPolicy) {
        self.path = path
        self.policy = policy
    }

    func update<Result: Sendable>(_ key: QuotaKey, _ change: (inout QuotaRow?) -> Result) -> Result {
        state.withLock { state in
            guard let file = open(in: &state, flags: O_RDWR | O_CREAT) else { return fallback.update(key, change) }
            let isLocked = Self.lock(file)
            defer { if isLocked { _ = flock(file.descriptor, LOCK_UN) } }
            let offset = Int64(QuotaProbe.offset(of: key))
            guard let bytes = try? file.read(limit: QuotaProbe.width * QuotaSlot.bytes, at: offset) else {
                return fallback.update(key, change)
            }
            let probe = QuotaProbe(key, in: bytes)
            // After a failed write, memory has the newer row.
            var row = fallback.take(key) ?? probe.row
            let result = change(&row)
            guard let row, row != probe.row else { return result }
            do {
                try file.write(QuotaSlot(key, row).encoded, at: Int64(probe.target))
            } catch {
                fallback.update(key) { $0 = row }
            }
            return result
        }
    }

    func rows(of login: Login.ID) -> [QuotaRow] {
        state.withLock { state in
            let size = QuotaProbe.slots * QuotaSlot.bytes
            guard let file = open(in: &state, flags: O_RDWR), let bytes = try? file.read(limit: size) else {
                return fallback.rows(of: login)
            }
            let rows = stride(from: 0, through: bytes.count - QuotaSlot.bytes, by: QuotaSlot.bytes)
                .compactMap { QuotaSlot(bytes[$0..<$0 + QuotaSlot.bytes])?.row }
            return (rows + fallback.rows(of: login)).filter { $0.login == login }
        }
    }

    func close() {
        state.withLock { $0 = State(isClosed: true) }
    }

    /// The open file; nil if it cannot be used.
    private func open(in state: inout State, flags: Int32) -> PrivateFile? {
        guard !state.isClosed else { return nil }
        // A file that was removed or replaced is opened again.
        if let file = state.file, file.isNamed { return file }
        let opened =
            flags & O_CREAT == 0
            ? try? PrivateFile.existing(path: path, flags: flags, policy: policy)
            : try? PrivateFile(path: path, flags: flags, policy: policy)
        state.file = opened
        return opened
    }

    private static func lock(_ file: PrivateFile) -> Bool {
        for _ in 0..<tries {
            if flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            sched_yield()
        }
        return false
    }
}
