import Dispatch
import Foundation
package import TradeStationModel

/// The limit on threads of this process.
package enum ThreadLimit {
    /// - Throws: `store_busy` if `count` more threads cannot exist at the same time.
    package static func require(_ count: Int, to purpose: String) throws(AccountsError) {
        guard !canStart(count) else { return }
        throw AccountsError(
            .storeBusy,
            "This process cannot start enough threads to \(purpose).",
            reason: "It needs \(count) more. The limit of this user, container or machine is reached.",
            suggestion: "raise the limit (ulimit -u 256), then run the command again"
        )
    }

    /// Whether `count` more threads can exist at the same time.
    static func canStart(_ count: Int) -> Bool {
        let end = DispatchSemaphore(value: 0)
        var started = 0
        defer { for _ in 0..<started { end.signal() } }
        for _ in 0..<count {
            let context = Unmanaged.passRetained(end)
            guard startThread(context.toOpaque()) else {
                context.release()
                return false
            }
            started += 1
        }
        return true
    }
}

/// Starts a thread that waits for a retained semaphore and ends.
private func startThread(_ semaphore: UnsafeMutableRawPointer) -> Bool {
    #if canImport(Darwin)
        var thread: pthread_t?
        guard pthread_create(&thread, nil, { wait(for: $0) }, semaphore) == 0, let thread else { return false }
    #else
        var thread = pthread_t()
        guard pthread_create(&thread, nil, { wait(for: $0) }, semaphore) == 0 else { return false }
    #endif
    pthread_detach(thread)
    return true
}

private func wait(for semaphore: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let semaphore else { return nil }
    Unmanaged<DispatchSemaphore>.fromOpaque(semaphore).takeRetainedValue().wait()
    return nil
}
