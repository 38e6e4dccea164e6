import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Ctrl-C and termination: the first cancels the command, which then saves what it must; the second ends at once.
enum Interruption {
    /// Runs a command as a task that signals cancel; its status, or that of the signal.
    static func heeded(_ body: @escaping @Sendable () async -> Int32) async -> Int32 {
        let received = Atomic<Int32>(0)
        let numbers = [SIGINT, SIGTERM]
        let (listening, listens) = AsyncStream.makeStream(of: Void.self)
        // Nothing begins before both signals are listened for: one that came sooner would end the command in the
        // middle of it.
        let work = Task {
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
            source.resume()
            return source
        }
        let status = await work.value
        sources.forEach { $0.cancel() }
        let interrupted = received.load(ordering: .relaxed)
        return interrupted == 0 || status == ExitStatus.fine ? status : interrupted
    }
}
