import GRDB

/// SQLite's own checks of the structure of a database file.
enum StructureCheck: String {
    /// Everything except whether each index contains each row.
    case quick = "quick_check"
    case full = "integrity_check"

    /// The first defect; nil if there is none.
    ///
    /// A row that breaks a constraint of the schema is not a defect here: it concerns only the profiles that use it.
    func firstDefect(in database: Database) throws -> String? {
        try database.execute(sql: "PRAGMA ignore_check_constraints = ON")
        defer { try? database.execute(sql: "PRAGMA ignore_check_constraints = OFF") }
        let answer = try String.fetchOne(database, sql: "PRAGMA \(rawValue)(1)") ?? ""
        return answer == "ok" ? nil : answer
    }
}
