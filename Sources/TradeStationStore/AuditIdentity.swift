/// The program and process that write audit rows.
package struct AuditIdentity: Hashable, Sendable {
    /// The name of the caller, for example `tsaccounts token`.
    package var requester: String?
    /// The name of the machine.
    package var host: String
    /// The process id. No decision is based on it.
    package var pid: Int32
    /// The version of the program.
    package var version: String
    /// Whether the permissions of groups are trusted. If so, each audit row says so.
    package var trustsGroup: Bool

    /// Creates an identity.
    package init(requester: String?, host: String, pid: Int32, version: String, trustsGroup: Bool = false) {
        self.requester = requester
        self.host = host
        self.pid = pid
        self.version = version
        self.trustsGroup = trustsGroup
    }
}
