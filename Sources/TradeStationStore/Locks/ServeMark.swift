import Foundation
import TradeStationModel

/// Marks a store as served by this process, so that a second `serve` can say that one is running. Nothing depends on
/// the mark: several processes may serve a store.
package struct ServeMark: Sendable {
    /// Who serves a store.
    package enum Owner: Sendable {
        /// This process, until it releases the mark.
        case thisProcess(ServeMark)
        /// Another process, with its id if that is known.
        case other(Int32?)
        /// The mark cannot be written, for example in a store that is read-only.
        case unknown
    }

    private let lock: any HeldLock

    /// Takes the mark of a store, which the kernel releases when the process ends.
    ///
    /// - Parameters:
    ///   - directory: The data directory of the store.
    ///   - trustsGroup: Whether the group of the directory is trusted.
    package static func take(in directory: String, trustsGroup: Bool) -> Owner {
        let policy = PermissionPolicy(trustsGroup: trustsGroup)
        let files = StoreFiles(location: StoreLocation(directory: directory), policy: policy)
        let file = LockFile(path: files.serveMark, policy: policy)
        do {
            guard let lock = try file.attempt() else { return .other(file.note()) }
            lock.leaveNote(pid: getpid())
            return .thisProcess(ServeMark(lock: lock))
        } catch {
            return .unknown
        }
    }
}
