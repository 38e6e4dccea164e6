import TradeStationModel
import TradeStationOAuth

/// A reader of the audit rows that follow the position of one listener. It waits when there are none.
struct EventFeed: Sendable {
    /// The most rows that are read at once, so that a slow listener needs little memory.
    private static let batch = 256
    /// How often the feed checks whether another process has written, in milliseconds.
    private static let checkInterval: Int64 = 250
    /// The maximum number of checks without a change. Then the feed reads the audit itself, because the file with the
    /// change counters may have been replaced.
    private static let maximumChecks = 20

    /// A row with a larger number was edited. After it, the feed would find no more rows.
    private static let lastNumber = AuditRecord.sequences.upperBound

    private let services: SessionServices
    private var machine: EventMachine
    /// The sequence number of the last row that was read; nil before the first read if the start is unknown, because
    /// the change counters could not be read.
    private var cursor: Int64?
    private var pending: ArraySlice<(event: SessionEvent, sequence: Int64)> = []
    /// The number of the audit row of the event that was returned last.
    private(set) var lastSequence: Int64?
    private var isOver = false

    init(services: SessionServices, after cursor: Int64?) {
        self.services = services
        machine = EventMachine(attempts: services.attemptIDs)
        self.cursor = cursor
    }

    private var store: any CredentialStore { services.store }

    /// Waits for the next event; nil once the manager is closed or the task was cancelled.
    mutating func next() async -> SessionEvent? {
        while !isOver {
            if Task.isCancelled { break }
            if let (event, sequence) = pending.popFirst() {
                lastSequence = sequence
                return event
            }
            if services.work.isClosed { break }
            do {
                try await advance()
            } catch {
                break
            }
        }
        isOver = true
        return nil
    }

    /// Reads new rows. If there are none, waits for some; if the store cannot be read, waits before the next try.
    ///
    /// - Throws: `CancellationError`; ``AccountsError`` `closed`.
    private mutating func advance() async throws {
        let head = services.counters.head
        do {
            if try await readRows() { return }
        } catch let error as AccountsError where error.code != .closed {
            return try await services.pause(milliseconds: Self.checkInterval)
        }
        try await waitForChange(since: head)
    }

    /// Reads the next rows; false when there were none.
    private mutating func readRows() async throws -> Bool {
        guard let last = cursor else {
            let newest = try await store.auditRecords(AuditQuery(throughSequence: Self.lastNumber, limit: 1)).last
            cursor = newest?.sequence ?? 0
            return false
        }
        let rows = try await store.auditRecords(
            AuditQuery(afterSequence: last, throughSequence: Self.lastNumber, limit: Self.batch, takesOldest: true)
        )
        for row in rows {
            if let login = machine.loginToLoad(before: row) { try await loadState(of: login, before: row) }
            let kinds = machine.read(row)
            cursor = row.sequence
            if !kinds.isEmpty { pending += await events(kinds, row).map { ($0, row.sequence) } }
        }
        return !rows.isEmpty
    }

    /// Loads the state that a login had before a row, from the last few audit rows that report its state.
    private mutating func loadState(of login: Login.ID, before row: AuditRecord) async throws {
        let rows = try await store.auditRecords(
            AuditQuery(loginID: login, throughSequence: row.sequence - 1, events: EventMachine.stateEvents, limit: 8)
        )
        machine.loadState(of: login, from: rows)
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

    /// Waits until the change counters report an audit row that is newer than `head`.
    ///
    /// Writes of this process wake the feed. If other processes can write too, the feed also checks at intervals.
    /// If there are no counters, it waits for one interval.
    private func waitForChange(since head: Int64?) async throws {
        let changes = services.counters
        guard !changes.seesEveryWriter else {
            return try await services.work.run { await changes.waitForHead(toMoveFrom: head) }
        }
        try await withThrowingTaskGroup(of: Void.self) { [services] group in
            group.addTask { await changes.waitForHead(toMoveFrom: head) }
            group.addTask {
                for _ in 1...Self.maximumChecks {
                    try await services.pause(milliseconds: Self.checkInterval)
                    changes.watch()
                    if head == nil || changes.head != head { break }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        try Task.checkCancellation()
    }
}
