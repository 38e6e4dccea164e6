import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The handling of SIGINT and SIGTERM.
///
/// The first signal cancels the command, which can still save its results. The second ends the process at once.
enum Interruption {
    private static let numbers = [SIGINT, SIGTERM]
    /// How a command takes the handling over: what ends it, and what yields once for each signal when it has ended.
    private static let takeover = Mutex<(end: AsyncStream<Void>.Continuation, ended: AsyncStream<Void>)?>(nil)

    /// Runs a command in a task that a signal cancels.
    ///
    /// - Returns: The command's exit status, or the signal's status if a signal made the command fail.
    static func cancelling(_ body: @escaping @Sendable () async -> Int32) async -> Int32 {
        let received = Atomic<Int32>(0)
        let (listening, listens) = AsyncStream.makeStream(of: Void.self)
        let (handling, end) = AsyncStream.makeStream(of: Void.self)
        let (ended, ends) = AsyncStream.makeStream(of: Void.self)
        takeover.withLock { $0 = (end, ended) }
        // The command starts only after both handlers are installed: an earlier signal would end the process in the
        // middle of the command.
        let work = Task {
            defer { end.finish() }
            for await _ in listening.prefix(numbers.count) {}
            return await body()
        }
        let queue = DispatchQueue(label: "tsaccounts.signals")
        let sources = numbers.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                let status = number == SIGINT ? ExitStatus.interrupted : ExitStatus.terminated
                if received.exchange(status, ordering: .relaxed) != 0 { _exit(status) }
                work.cancel()
            }
            source.setRegistrationHandler { listens.yield() }
            source.setCancelHandler { ends.yield() }
            source.resume()
            return source
        }
        for await _ in handling {}
        sources.forEach { $0.cancel() }
        let status = await work.value
        let interrupted = received.load(ordering: .relaxed)
        return interrupted == 0 || status == ExitStatus.fine ? status : interrupted
    }

    /// Leaves the signals to the command, which has installed handlers: they no longer cancel it.
    static func end() async {
        guard let (end, ended) = takeover.withLock({ $0 }) else { return }
        end.finish()
        for await _ in ended.prefix(numbers.count) {}
    }
}
