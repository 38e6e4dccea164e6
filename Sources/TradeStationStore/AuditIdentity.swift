/// Who writes audit rows: the program and process behind a store.
package struct AuditIdentity: Hashable, Sendable {
    /// What asked, for example `tsaccounts token`.
    package var requester: String?
    /// The machine's name.
    package var host: String
    /// The process id. Information only; nothing is decided by it.
    package var pid: Int32
    /// The version of the program.
    package var version: String

    /// A writer of audit rows.
    package init(requester: String?, host: String, pid: Int32, version: String) {
        self.requester = requester
        self.host = host
        self.pid = pid
        self.version = version
    }
}
