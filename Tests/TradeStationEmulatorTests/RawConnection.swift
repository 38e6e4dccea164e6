import Foundation

/// A raw TCP connection: sends bytes and reads until the server closes.
struct RawConnection {
    let port: Int

    /// The received text until the connection ends or is reset.
    ///
    /// - Parameters:
    ///   - text: The text to send.
    ///   - onConnect: Called when the attempt to connect has ended.
    func exchange(_ text: String, onConnect: @escaping @Sendable () -> Void = {}) async -> String {
        switch await outcome(text, onConnect: onConnect) {
        case .success(let bytes): String(decoding: bytes, as: UTF8.self)
        case .failure(let failure): failure.rawValue
        }
    }

    /// The received bytes; empty if no connection could be established.
    func bytes(_ text: String) async -> [UInt8] {
        (try? await outcome(text).get()) ?? []
    }

    private enum Failure: String, Error {
        case notConnected = "not connected"
        case notSent = "not sent"
    }

    private func outcome(
        _ text: String,
        onConnect: @escaping @Sendable () -> Void = {}
    ) async -> Result<[UInt8], Failure> {
        await withCheckedContinuation { continuation in
            let port = port
            Thread.detachNewThread {
                continuation.resume(returning: Self.exchange(text, port: port, onConnect: onConnect))
            }
        }
    }

    private static func exchange(
        _ text: String,
        port: Int,
        onConnect: () -> Void
    ) -> Result<[UInt8], Failure> {
        #if canImport(Darwin)
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        onConnect()
        guard connected == 0 else { return .failure(.notConnected) }
        let bytes = Array(text.utf8)
        guard send(descriptor, bytes, bytes.count, 0) == bytes.count else { return .failure(.notSent) }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            received += buffer[..<count]
        }
        return .success(received)
    }
}
