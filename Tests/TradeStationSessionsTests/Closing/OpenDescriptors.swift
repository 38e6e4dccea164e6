import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The open descriptors of this process, except the sockets of its own server.
enum OpenDescriptors {
    /// One line for each, sorted.
    ///
    /// - Parameter server: the server's port.
    static func list(exceptServerOn server: Int) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/dev/fd").compactMap { name -> String? in
            // The descriptor of the directory itself is closed already.
            guard let descriptor = Int32(name), fcntl(descriptor, F_GETFD) >= 0 else { return nil }
            if port(of: descriptor, getsockname) == server { return nil }
            if port(of: descriptor, getpeername) == server { return connection }
            return (try? FileManager.default.destinationOfSymbolicLink(atPath: "/dev/fd/\(name)")) ?? "descriptor"
        }.sorted()
    }

    /// A connection to the server.
    static let connection = "connection"

    private static func port(
        of descriptor: Int32,
        _ name: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int? {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isNamed = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { name(descriptor, $0, &length) == 0 }
        }
        return isNamed && Int32(address.sin_family) == AF_INET ? Int(UInt16(bigEndian: address.sin_port)) : nil
    }
}
