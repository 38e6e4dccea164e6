import TradeStationModel

/// Where one exclusive lock is taken.
protocol LockPlace: Sendable {
    /// The lock, or nil when somebody else has it. Does not wait.
    func attempt() throws(AccountsError) -> (any HeldLock)?

    /// The lock, however long that takes. Holds its thread.
    func wait() throws(AccountsError) -> any HeldLock

    /// The process id that the holder left. Information only.
    func note() -> Int32?

    /// What whoever waited in vain can do to see what the holder does.
    var advice: String { get }
}

/// A lock that is held until it is given back or forgotten.
protocol HeldLock: LoginLock {
    /// Leaves the process id, for people who wonder who has the lock. Nothing is decided by it.
    func leaveNote(pid: Int32)
}
