/// A row of the audit table, column by column in table order.
public struct AuditRecord: Hashable, Sendable {
    /// The value of a column.
    public enum Value: Hashable, Sendable {
        /// SQL NULL.
        case null
        /// An integer.
        case integer(Int64)
        /// Text.
        case text(String)
    }

    /// A column with its SQL name.
    public struct Column: Hashable, Sendable {
        /// The SQL name.
        public let name: String
        /// The value.
        public let value: Value

        /// Creates a column.
        package init(name: String, value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// All columns, in table order.
    public let columns: [Column]

    /// Creates a row from its columns in table order.
    package init(columns: [Column]) {
        self.columns = columns
    }

    /// The value of a column; `null` if no column has that name.
    public subscript(_ name: String) -> Value {
        columns.first { $0.name == name }?.value ?? .null
    }

    /// The value of a column that contains text; nil otherwise.
    public func text(_ name: String) -> String? {
        if case .text(let text) = self[name] { text } else { nil }
    }

    /// The value of a column that contains an integer; nil otherwise.
    public func integer(_ name: String) -> Int64? {
        if case .integer(let value) = self[name] { value } else { nil }
    }

    /// The sequence number, counted from 1.
    public var sequence: Int64 { integer("seq") ?? 0 }

    /// The sequence numbers that rows can have. A row with another one was edited: no store has that many rows.
    package static let sequences: ClosedRange<Int64> = 1...((1 << 62) - 1)

    /// The bytes whose SHA-256 is `row_hash`: for each column in table order a netstring (`LENGTH:BYTES,`), or `-,` for
    /// NULL. The columns `row_hash` and `row_mac` are left out.
    public var canonicalForm: [UInt8] {
        Netstring.encode(
            columns.filter { $0.name != "row_hash" && $0.name != "row_mac" }.map { column in
                switch column.value {
                case .null: nil
                case .integer(let value): String(value)
                case .text(let value): value
                }
            }
        )
    }
}
