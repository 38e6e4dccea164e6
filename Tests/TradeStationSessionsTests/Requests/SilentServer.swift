import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A server that accepts connections, reads, and never answers.
final class SilentServer: Sendable {
    let port: UInt16
    private let listening: Int32

    init() throws {
        #if canImport(Glibc)
            listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            listening = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (socket, size) = (listening, length)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && listen(socket, 8) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(listening) }

    /// The text that one connection sends, piece by piece. It ends when the other side has closed the connection.
    func connection() -> AsyncStream<String> {
        let (pieces, continuation) = AsyncStream.makeStream(of: String.self)
        // A thread of its own: these calls block.
        Thread.detachNewThread { [self] in
            let client = accept(listening, nil, nil)
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(client, &buffer, buffer.count)
                guard count > 0 else { break }
                continuation.yield(String(decoding: buffer[..<count], as: UTF8.self))
            }
            close(client)
            continuation.finish()
        }
        return pieces
    }
}
