import Dispatch

/// A task executor with its own thread, independent of the cooperative pool, so that each task runs on its own thread.
final class ThreadExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "benchmark thread")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
