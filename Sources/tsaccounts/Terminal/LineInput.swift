import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads lines from a file descriptor on a separate thread. Stops at once if the task is cancelled.
final class LineInput: Sendable {
    private let descriptor: Int32
    private let longest: Int
    private let queue = DispatchQueue(label: "tsaccounts.input")
    private let pending = Mutex<[UInt8]>([])

    /// Creates a reader for lines of at most `longest` bytes.
    init(descriptor: Int32, longest: Int = 65_536) {
        self.descriptor = descriptor
        self.longest = longest
    }

    /// Reads the next line.
    ///
    /// - Returns: The line without its line break, or nil at the end of input.
    ///
    /// - Throws: `CancellationError`.
    func next() async throws -> String? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        let (wake, waker) = (ends[0], ends[1])
        defer {
            close(wake)
            close(waker)
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async { continuation.resume(with: Result { try self.readLine(wake: wake) }) }
            }
        } onCancel: {
            var byte: UInt8 = 0
            _ = write(waker, &byte, 1)
        }
    }

    private func readLine(wake: Int32) throws -> String? {
        while true {
            if let line = takeLine(atEnd: false) { return line }
            var polled = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&polled, nfds_t(polled.count), -1) > 0 else {
                if errno == EINTR { continue }
                return nil
            }
            if polled[1].revents != 0 { throw CancellationError() }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            if count <= 0 { return takeLine(atEnd: true) }
            let size = pending.withLock { bytes in
                bytes += chunk[..<count]
                return bytes.count
            }
            if size > longest { return takeLine(atEnd: true) }
        }
    }

    private func takeLine(atEnd: Bool) -> String? {
        pending.withLock { bytes in
            if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
                defer { bytes.removeSubrange(...end) }
                let line = bytes[..<end]
                return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
            }
            guard atEnd, !bytes.isEmpty else { return nil }
            defer { bytes = [] }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
