import TradeStationModel

/// The place at which one exclusive lock is taken.
protocol LockPlace: Sendable {
    /// Takes the lock; nil if another holder has it. Does not wait.
    func attempt() throws(AccountsError) -> (any HeldLock)?

    /// Waits for the lock without a time limit. Blocks the calling thread.
    func wait() throws(AccountsError) -> any HeldLock

    /// The process id that the holder has left. For messages only.
    func note() -> Int32?

    /// A suggestion for users who waited too long: how to find out what the holder does.
    var advice: String { get }
}

/// A lock that is held until it is released or deallocated.
protocol HeldLock: LoginLock {
    /// Leaves a process id, for messages that name the holder. No decision is based on it.
    func leaveNote(pid: Int32)
}

extension LockPlace {
    /// Takes the lock, waiting for it if necessary.
    ///
    /// - Throws: `lock_timeout`; `CancellationError`.
    func take(timeoutMilliseconds: Int64, clock: any TimeSource) async throws -> any HeldLock {
        if let free = try attempt() { return free }
        guard timeoutMilliseconds > 0 else { throw timeout(milliseconds: 0) }
        let waiter = LockWaiter(at: self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await clock.sleep(milliseconds: timeoutMilliseconds)
                waiter.leave(timeout(milliseconds: timeoutMilliseconds))
            }
            defer { group.cancelAll() }
            return try await withTaskCancellationHandler {
                try await waiter.lock()
            } onCancel: {
                waiter.leave(CancellationError())
            }
        }
    }

    private func timeout(milliseconds: Int64) -> AccountsError {
        let holder = note().map { "Process \($0)" } ?? "Another process"
        return AccountsError(
            .lockTimeout,
            "\(holder) is refreshing this sign-in and has not finished after \(milliseconds) ms.",
            reason: "This is normal while the sign-in server answers slowly.",
            suggestion: "run the command again with a longer --timeout; if that does not help, \(advice)"
        )
    }
}
