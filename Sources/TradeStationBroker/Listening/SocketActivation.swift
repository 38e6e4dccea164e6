#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The listening sockets that systemd passes to a service (sd_listen_fds(3)).
package enum SocketActivation {
    private static let variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]
    private static let firstDescriptor: Int32 = 3

    /// Takes the passed sockets. Child processes inherit neither them nor the variables.
    ///
    /// - Parameter environment: The environment of this process.
    package static func take(environment: [String: String]) -> [Int32] {
        defer { for name in variables { unsetenv(name) } }
        guard environment["LISTEN_PID"] == String(getpid()),
            let count = environment["LISTEN_FDS"].flatMap({ Int32($0) }), (1...64).contains(count)
        else { return [] }
        let descriptors = firstDescriptor..<firstDescriptor + count
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        return Array(descriptors)
    }

    /// Whether a descriptor is a Unix socket that listens.
    package static func isUnixListener(_ descriptor: Int32) -> Bool {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isSocket = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
        }
        guard isSocket, Int32(address.ss_family) == AF_UNIX else { return false }
        var (listens, size): (Int32, socklen_t) = (0, socklen_t(MemoryLayout<Int32>.size))
        return getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0
    }
}
