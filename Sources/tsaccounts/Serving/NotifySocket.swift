#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Sends the state of a service to systemd: one datagram of `NAME=value` lines, as `sd_notify(3)` specifies.
///
/// Without a listener nothing is sent, and that is not an error.
struct NotifySocket: Sendable {
    private let address: String?

    /// - Parameter environment: The environment of the process. `NOTIFY_SOCKET` is a path, or an abstract name that
    ///   begins with `@`.
    init(environment: [String: String]) {
        address = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
    }

    /// Sends the lines.
    func send(_ lines: String...) {
        guard let address, var target = socketAddress(address) else { return }
        let descriptor = socket(AF_UNIX, Self.datagram, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        let message = Array(lines.joined(separator: "\n").utf8)
        let length = socklen_t(Self.pathOffset + address.utf8.count)
        _ = withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, message, message.count, Int32(MSG_DONTWAIT), $0, length)
            }
        }
    }

    /// The socket address for a name, or nil if the name is too long.
    private func socketAddress(_ name: String) -> sockaddr_un? {
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(name.utf8)
        if name.hasPrefix("@") { bytes[0] = 0 }
        return withUnsafeMutableBytes(of: &target) { raw -> Bool in
            let room = raw.dropFirst(Self.pathOffset)
            // A path needs its terminating zero.
            guard bytes.count < room.count else { return false }
            UnsafeMutableRawBufferPointer(rebasing: room).copyBytes(from: bytes)
            return true
        } ? target : nil
    }

    private static let pathOffset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2

    private static var datagram: Int32 {
        #if canImport(Glibc)
            Int32(SOCK_DGRAM.rawValue)
        #else
            SOCK_DGRAM
        #endif
    }
}
