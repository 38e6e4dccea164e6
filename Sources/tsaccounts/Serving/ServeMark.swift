import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Marks a store as served by this process, so that a second `serve` can say that one is running. Nothing depends on
/// the mark: several processes may serve a store.
final class ServeMark: Sendable {
    /// Who serves a store.
    enum Owner {
        /// This process, until it releases the mark.
        case thisProcess(ServeMark)
        /// Another process, with its id if that is known.
        case other(Int32?)
        /// The mark cannot be written, for example in a store that is read-only.
        case unknown
    }

    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Takes the mark of a store, which the kernel releases when the process ends.
    ///
    /// - Parameter directory: The directory of the store's lock files.
    static func take(in directory: String) -> Owner {
        let path = directory + "/serve.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return .unknown }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            defer { close(descriptor) }
            guard errno == EWOULDBLOCK else { return .unknown }
            var bytes = [UInt8](repeating: 0, count: 16)
            let count = read(descriptor, &bytes, bytes.count)
            return .other(
                count > 0 ? Int32(String(decoding: bytes[..<count].prefix { $0 > 0x20 }, as: UTF8.self)) : nil
            )
        }
        let note = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, note, note.count, 0)
        return .thisProcess(ServeMark(descriptor: descriptor))
    }
}
