import AllocationCounter

/// Runs calls on one or two threads and measures their cost.
struct CallRunner: Sendable {
    /// The cost of the calls of a run.
    struct Cost: Sendable {
        /// The time per call.
        var nanoseconds = 0.0
        /// The number of allocations of all calls.
        var allocations = 0
    }

    private let executors = [ThreadExecutor(), ThreadExecutor()]

    /// Runs `times` calls on each of `threads` threads, which start together.
    func run(_ call: Call, times: Int, threads: Int) async throws -> Cost {
        let barrier = StartBarrier(for: threads)
        let clock = ContinuousClock()
        let runs = executors.prefix(threads).map { executor in
            Task(executorPreference: executor) {
                barrier.wait()
                let (began, allocations) = (clock.now, allocations_of_this_thread())
                try await call.run(times)
                return (took: clock.now - began, allocations: allocations_of_this_thread() - allocations)
            }
        }
        var cost = Cost()
        for run in runs {
            let (took, allocations) = try await run.value
            cost.nanoseconds += took / .nanoseconds(times * threads)
            cost.allocations += Int(allocations)
        }
        return cost
    }
}
