import TradeStationModel
import TradeStationOAuth

/// One listener's place in the audit: reads what comes after it, and waits when there is nothing.
struct EventFeed: Sendable {
    /// So many rows are held at once at most, however slow the listener.
    private static let batch = 256
    /// How often it looks whether another process has written, in milliseconds.
    private static let lookInterval: Int64 = 250
    /// After so many looks at a board that says nothing it asks the audit itself: somebody may have put another file in
    /// the board's place.
    private static let mostLooks = 20

    private let manager: SessionManager
    private var machine: EventMachine
    /// The last row that was read; nil before the first look where there was no board to tell.
    private var cursor: Int64?
    private var pending: ArraySlice<SessionEvent> = []
    private var isOver = false

    init(manager: SessionManager, after cursor: Int64?) {
        self.manager = manager
        machine = EventMachine(attempts: manager.coordinator.attempts)
        self.cursor = cursor
    }

    private var store: any CredentialStore { manager.store }

    /// Waits for the next event; nil once the manager is closed or the task was cancelled.
    mutating func next() async -> SessionEvent? {
        while !isOver {
            if Task.isCancelled { break }
            if let event = pending.popFirst() { return event }
            if manager.work.isClosed { break }
            do {
                try await advance()
            } catch {
                break
            }
        }
        isOver = true
        return nil
    }

    /// Reads rows, or waits until there are some, or until a store that cannot be read may be read again.
    ///
    /// - Throws: `CancellationError`; ``AccountsError`` `closed`.
    private mutating func advance() async throws {
        let head = store.changes.head
        do {
            if try await readRows() { return }
        } catch let error as AccountsError where error.code != .closed {
            return try await manager.pause(milliseconds: Self.lookInterval)
        }
        try await waitForNews(since: head)
    }

    /// Whether there were any.
    private mutating func readRows() async throws -> Bool {
        guard let last = cursor else {
            cursor = try await store.auditRecords(AuditQuery(limit: 1)).last?.sequence ?? 0
            return false
        }
        let rows = try await store.auditRecords(
            AuditQuery(afterSequence: last, limit: Self.batch, takesOldest: true)
        )
        for row in rows {
            if let login = machine.stranger(in: row) { try await prime(login, before: row) }
            let kinds = machine.read(row)
            cursor = row.sequence
            if !kinds.isEmpty { pending += await events(kinds, row) }
        }
        return !rows.isEmpty
    }

    /// How a login did before a row: its few rows before it tell.
    private mutating func prime(_ login: Login.ID, before row: AuditRecord) async throws {
        let rows = try await store.auditRecords(
            AuditQuery(loginID: login, throughSequence: row.sequence - 1, events: EventMachine.telling, limit: 8)
        )
        machine.prime(login, with: rows)
    }

    private func events(_ kinds: [SessionEvent.Kind], _ row: AuditRecord) async -> [SessionEvent] {
        guard let login = row.login, let at = row.text("at").flatMap({ Timestamp($0) }) else { return [] }
        let present = (try? await store.login(login))?.profiles.values.sorted { $0.text < $1.text } ?? []
        let asked = row.text("profile_name").flatMap { try? ProfileName($0) }
        return kinds.map { kind in
            SessionEvent(
                kind: kind,
                login: login,
                profiles: present.isEmpty ? [asked].compactMap { $0 } : present,
                requester: row.text("requester"),
                processID: Int32(clamping: row.integer("pid") ?? 0),
                at: at
            )
        }
    }

    /// Waits until the board's head is another one: this process's own writes wake it, for those of others, where there
    /// can be others, it looks. Where there is no board, one look is all it waits for.
    private func waitForNews(since head: Int64?) async throws {
        let board = store.changes
        guard !board.seesEveryWriter else {
            return try await manager.work.run { await board.waitForHead(toMoveFrom: head) }
        }
        try await withThrowingTaskGroup(of: Void.self) { [manager] group in
            group.addTask { await board.waitForHead(toMoveFrom: head) }
            group.addTask {
                for _ in 1...Self.mostLooks {
                    try await manager.pause(milliseconds: Self.lookInterval)
                    board.watch()
                    if head == nil || board.head != head { break }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        try Task.checkCancellation()
    }
}
