import Dispatch

/// A thread for one task: beside the cooperative pool, so that as many tasks run at once as there are lanes.
final class Lane: TaskExecutor {
    private let queue = DispatchQueue(label: "lane")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
