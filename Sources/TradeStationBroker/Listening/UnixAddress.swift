#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Unix sockets at paths, by system calls.
enum UnixAddress {
    /// The bytes that a path may have, with the zero at its end.
    static let capacity = MemoryLayout<sockaddr_un>.size - pathOffset
    private static let pathOffset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2

    /// A new stream socket that child processes do not inherit; negative if there is none.
    static func makeSocket() -> Int32 {
        #if canImport(Glibc)
            socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        #else
            closedOnExec(socket(AF_UNIX, SOCK_STREAM, 0))
        #endif
    }

    static func bind(_ descriptor: Int32, to path: String) -> Bool {
        withAddress(path) { address, length in
            #if canImport(Glibc)
                Glibc.bind(descriptor, address, length) == 0
            #else
                Darwin.bind(descriptor, address, length) == 0
            #endif
        }
    }

    /// Connects a socket; false with `errno` if that fails.
    static func connect(_ descriptor: Int32, to path: String) -> Bool {
        withAddress(path) { address, length in
            #if canImport(Glibc)
                Glibc.connect(descriptor, address, length) == 0
            #else
                Darwin.connect(descriptor, address, length) == 0
            #endif
        }
    }

    /// Whether a process listens at a path. One that is too busy to accept counts.
    static func isAnswered(_ path: String) -> Bool {
        let descriptor = makeSocket()
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        return connect(descriptor, to: path) || (errno != ECONNREFUSED && errno != ENOENT)
    }

    /// The process that listens at a path, as far as it is known.
    static func listener(at path: String) -> ConnectedClient? {
        let descriptor = makeSocket()
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        guard connect(descriptor, to: path) else { return nil }
        return peer(of: descriptor)
    }

    /// The user at the other end of a connected socket.
    static func user(of descriptor: Int32) -> UInt32? { credentials(of: descriptor)?.user }

    /// The process at the other end of a connected socket.
    static func peer(of descriptor: Int32) -> ConnectedClient? {
        guard let (process, user) = credentials(of: descriptor) else { return nil }
        return ConnectedClient(userID: user, processID: process, program: PeerLookUp.program(of: process))
    }

    private static func credentials(of descriptor: Int32) -> (process: Int32, user: UInt32)? {
        #if canImport(Glibc)
            // `struct ucred` of unix(7): process, user, group.
            var credentials: (Int32, UInt32, UInt32) = (0, 0, 0)
            var length = socklen_t(MemoryLayout.size(ofValue: credentials))
            guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else { return nil }
            return (credentials.0, credentials.1)
        #else
            var process: pid_t = 0
            var length = socklen_t(MemoryLayout<pid_t>.size)
            var (user, group): (uid_t, gid_t) = (0, 0)
            guard getsockopt(descriptor, SOL_LOCAL, LOCAL_PEERPID, &process, &length) == 0,
                getpeereid(descriptor, &user, &group) == 0
            else { return nil }
            return (process, user)
        #endif
    }

    private static func withAddress(
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) -> Bool {
        guard path.utf8.count < capacity else {
            errno = ENAMETOOLONG
            return false
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address) { raw in
            UnsafeMutableRawBufferPointer(rebasing: raw.dropFirst(pathOffset)).copyBytes(from: path.utf8)
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    #if !canImport(Glibc)
        private static func closedOnExec(_ descriptor: Int32) -> Int32 {
            if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            return descriptor
        }
    #endif
}
