/// Who writes audit rows: the program and process behind a store.
public struct AuditIdentity: Hashable, Sendable {
    /// What asked, for example `tsaccounts token`.
    public var requester: String?
    /// The machine's name.
    public var host: String
    /// The process id. Information only; nothing is decided by it.
    public var pid: Int32
    /// The version of the program.
    public var version: String

    /// A writer of audit rows.
    public init(requester: String?, host: String, pid: Int32, version: String) {
        self.requester = requester
        self.host = host
        self.pid = pid
        self.version = version
    }
}
