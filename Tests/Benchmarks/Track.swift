import AllocationCounter

/// Two lanes on which calls are made, alone or side by side.
struct Track: Sendable {
    /// What the calls of one run cost.
    struct Cost: Sendable {
        /// Per call, as its caller waits for it.
        var nanoseconds = 0.0
        /// How often memory was asked for, in all.
        var allocations = 0
    }

    private let lanes = [Lane(), Lane()]

    /// Makes `times` calls on each of the first `threads` lanes, beginning together.
    func run(_ call: Call, times: Int, threads: Int) async throws -> Cost {
        let line = StartingLine(for: threads)
        let clock = ContinuousClock()
        let runs = lanes.prefix(threads).map { lane in
            Task(executorPreference: lane) {
                line.wait()
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
