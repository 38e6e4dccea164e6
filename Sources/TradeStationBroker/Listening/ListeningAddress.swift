/// Where a listener waits for clients.
package enum ListeningAddress: Hashable, Sendable {
    /// A port of 127.0.0.1; at 0, the system chooses one.
    case loopback(port: Int)
    /// A Unix socket at a path. Its directory belongs to this user alone.
    case unixSocket(path: String)
    /// A socket that another process, for example systemd, bound and listens on. The listener closes it.
    case inherited(descriptor: Int32)
}
