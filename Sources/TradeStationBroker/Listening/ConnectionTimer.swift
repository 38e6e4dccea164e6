import NIOCore

/// The one timer of a connection.
struct ConnectionTimer {
    private var scheduled: (task: Scheduled<Void>, deadline: NIODeadline)?

    /// When it fires; nil if it is not armed.
    var deadline: NIODeadline? { scheduled?.deadline }

    mutating func arm(_ deadline: NIODeadline, on loop: any EventLoop, _ fire: @escaping @Sendable () -> Void) {
        cancel()
        scheduled = (loop.scheduleTask(deadline: deadline, fire), deadline)
    }

    mutating func cancel() {
        scheduled?.task.cancel()
        scheduled = nil
    }
}
