/// What all processes that share a store know about the quotas of its logins. Each kind of store has its own
/// implementation.
///
/// The rows are hints: they decide only how long a request waits. A row can be missing, old or overwritten at any time.
/// Where the board cannot be read or written, each process knows only what its own answers said.
package protocol QuotaBoard: AnyObject, Sendable {
    /// Reads a row, lets `change` change it, and writes it back. Other processes are kept away meanwhile, unless one
    /// holds the board for long.
    ///
    /// - Parameter change: gets nil if there is no row. A nil that it leaves writes nothing.
    func update<Result: Sendable>(_ key: QuotaKey, _ change: (inout QuotaRow?) -> Result) -> Result

    /// The rows of a login, in no particular order.
    func rows(of login: Login.ID) -> [QuotaRow]

    /// Releases open files. Afterwards the board works in memory.
    func close()
}
