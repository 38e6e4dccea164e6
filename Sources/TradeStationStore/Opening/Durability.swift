/// What a commit has to survive: SQLite's `synchronous` in WAL mode.
enum Durability: String, Sendable {
    /// A killed process. No disk sync; never `OFF`, which would leave a checkpoint unsynced.
    case process = "NORMAL"
    /// A power cut. One disk sync.
    case power = "FULL"
}
