/// A row of the audit table, column by column in table order.
public struct AuditRecord: Hashable, Sendable {
    /// What a column holds.
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

        /// A named value.
        public init(name: String, value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// All columns, in table order.
    public let columns: [Column]

    /// A row by its columns in table order.
    public init(columns: [Column]) {
        self.columns = columns
    }

    /// The value of a column; `null` where there is none of that name.
    public subscript(_ name: String) -> Value {
        columns.first { $0.name == name }?.value ?? .null
    }

    /// The text of a column, if it holds text.
    public func text(_ name: String) -> String? {
        if case .text(let text) = self[name] { text } else { nil }
    }

    /// The integer of a column, if it holds one.
    public func integer(_ name: String) -> Int64? {
        if case .integer(let value) = self[name] { value } else { nil }
    }

    /// Its place in the chain, from 1.
    public var sequence: Int64 { integer("seq") ?? 0 }

    /// The bytes that `row_hash` is the SHA-256 of: a netstring per column in table order, without `row_hash` and
    /// `row_mac`; NULL is `-,`.
    public var canonicalForm: [UInt8] {
        var bytes: [UInt8] = []
        for column in columns where column.name != "row_hash" && column.name != "row_mac" {
            let text: String
            switch column.value {
            case .null:
                bytes += Array("-,".utf8)
                continue
            case .integer(let value): text = String(value)
            case .text(let value): text = value
            }
            bytes += Array("\(text.utf8.count):\(text),".utf8)
        }
        return bytes
    }
}
