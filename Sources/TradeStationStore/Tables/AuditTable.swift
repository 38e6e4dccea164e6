import Crypto
import Foundation
import GRDB
import TradeStationModel

/// The table `audit`: a chain of rows. Rows are only appended.
struct AuditTable {
    /// The `prev_hash` of the first row.
    static let genesis = String(repeating: "0", count: 64)

    /// The maximum number of characters of a member of the detail.
    static let longestDetail = 500

    let transaction: StoreTransaction

    /// Appends rows, in order. `newLogin` is the login of entries that name none.
    func append(_ entries: [AuditEntry], newLogin: Login.ID? = nil) throws {
        for entry in entries { try append(entry, newLogin: newLogin) }
    }

    private func append(_ entry: AuditEntry, newLogin: Login.ID?) throws {
        let end = try AuditEnd(of: transaction.database)
        let previous = end.rowHash ?? Self.genesis
        // If the last row was edited, its hash may not look like a hash. The `prev_hash` of the next row must still
        // repeat it, so the constraint on that column is ignored. A chain that is already broken, as `audit verify`
        // shows, must not stop the refreshes of all profiles.
        let isEdited = previous.utf8.count != 64 || !previous.utf8.allSatisfy(Self.isHashByte)
        if isEdited { try transaction.database.execute(sql: "PRAGMA ignore_check_constraints = ON") }
        defer {
            if isEdited { try? transaction.database.execute(sql: "PRAGMA ignore_check_constraints = OFF") }
        }
        try insert(columns(entry, newLogin: newLogin, sequence: end.sequence + 1, previous: previous))
    }

    private static func isHashByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    /// The rows that match a query, from oldest to newest.
    func fetch(_ query: AuditQuery) throws -> [AuditRecord] {
        let conditions: [(String, (any DatabaseValueConvertible)?)] = [
            ("login_id = ?", query.loginID?.rawValue), ("at >= ?", query.since?.description),
            ("at <= ?", query.until?.description),
            ("seq > ?", query.afterSequence), ("seq <= ?", query.throughSequence),
        ].filter { $0.1 != nil }
        let events = query.events.map { $0.map(\.rawValue) }
        let wanted = events.map { ["event IN (\($0.map { _ in "?" }.joined(separator: ", ")))"] } ?? []
        let filter = (["TRUE"] + conditions.map(\.0) + wanted).joined(separator: " AND ")
        let arguments = conditions.map(\.1) + (events ?? []) + [query.limit.map { max($0, 0) } ?? -1]
        let order = query.takesOldest ? "ASC" : "DESC"
        return try Row.fetchAll(
            transaction.database,
            sql: """
                SELECT * FROM (SELECT * FROM audit WHERE \(filter) ORDER BY seq \(order) LIMIT ?) ORDER BY seq
                """,
            arguments: StatementArguments(arguments)
        ).map(Self.record)
    }

    /// Converts a row of the table.
    static func record(_ row: Row) throws -> AuditRecord {
        try AuditRecord(
            columns: row.map { name, value in
                switch value.storage {
                case .null: AuditRecord.Column(name: name, value: .null)
                case .int64(let integer): AuditRecord.Column(name: name, value: .integer(integer))
                case .string(let text): AuditRecord.Column(name: name, value: .text(text))
                case .double, .blob: throw AccountsError.damagedAudit
                }
            }
        )
    }

    /// The SHA-256 of a row's canonical form, which is the value of `row_hash`.
    static func hash(_ record: AuditRecord) -> String {
        SHA256.hash(data: record.canonicalForm).hexadecimal
    }

    /// Whether a row is as this store wrote it. Does not check that it follows the row before it.
    func isAuthentic(_ record: AuditRecord) -> Bool {
        let hash = Self.hash(record)
        return record.text("row_hash") == hash
            && record.text("row_mac") == transaction.keyring.auditMAC(ofRowHash: hash)
    }

    private func insert(_ columns: [AuditRecord.Column]) throws {
        let hash = Self.hash(AuditRecord(columns: columns))
        let mac = transaction.keyring.auditMAC(ofRowHash: hash)
        let all = columns + [.init(name: "row_hash", value: .text(hash)), .init(name: "row_mac", value: .text(mac))]
        let names = all.map(\.name).joined(separator: ", ")
        let marks = all.map { _ in "?" }.joined(separator: ", ")
        let values = all.map { column -> (any DatabaseValueConvertible)? in
            switch column.value {
            case .null: nil
            case .integer(let integer): integer
            case .text(let text): text
            }
        }
        try transaction.execute("INSERT INTO audit (\(names)) VALUES (\(marks))", StatementArguments(values))
    }

    private func columns(
        _ entry: AuditEntry,
        newLogin: Login.ID?,
        sequence: Int64,
        previous: String
    ) throws -> [AuditRecord.Column] {
        func text(_ text: String?) -> AuditRecord.Value { text.map { .text($0.printable(limit: 200)) } ?? .null }
        func integer(_ number: (some BinaryInteger)?) -> AuditRecord.Value {
            number.map { .integer(Int64($0)) } ?? .null
        }
        func fingerprint(_ secret: Secret?) -> AuditRecord.Value {
            text(secret.map(transaction.keyring.fingerprint))
        }
        let values: [(String, AuditRecord.Value)] = [
            ("seq", .integer(sequence)),
            ("at", .text(transaction.clock.wallTime().description)),
            ("event", .text(entry.event.rawValue)),
            ("outcome", text(entry.outcome)),
            ("profile_name", text(entry.profileName)),
            ("login_id", integer((entry.loginID ?? newLogin)?.rawValue)),
            ("attempt_id", text(entry.attemptID)),
            ("generation_before", integer(entry.generationBefore)),
            ("generation_after", integer(entry.generationAfter)),
            ("refresh_fp_before", fingerprint(entry.refreshTokenBefore)),
            ("refresh_fp_after", fingerprint(entry.refreshTokenAfter)),
            ("access_fp_after", fingerprint(entry.accessTokenAfter)),
            ("expires_at", text(entry.expiresAt?.description)),
            ("trigger", text(entry.trigger)),
            ("requester", text(transaction.identity.requester)),
            ("http_status", integer(entry.httpStatus)),
            ("oauth_error", text(entry.oauthError)),
            ("retry_no", integer(entry.retryNumber)),
            ("duration_ms", integer(entry.durationMilliseconds)),
            ("waiters", integer(entry.waiters)),
            ("host", text(transaction.identity.host)),
            ("pid", .integer(Int64(transaction.identity.pid))),
            ("version", text(transaction.identity.version)),
            ("detail", try Self.json(detail(of: entry))),
            ("prev_hash", .text(previous)),
        ]
        return values.map(AuditRecord.Column.init)
    }

    private func detail(of entry: AuditEntry) -> [String: String] {
        transaction.identity.trustsGroup ? entry.detail.merging(["trusted": "group"]) { $1 } : entry.detail
    }

    // Sorted keys make the same detail always the same text.
    private static func json(_ detail: [String: String]) throws -> AuditRecord.Value {
        guard !detail.isEmpty else { return .null }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let object = try encoder.encode(detail.mapValues { $0.printable(limit: Self.longestDetail) })
        return .text(String(decoding: object, as: UTF8.self))
    }
}
