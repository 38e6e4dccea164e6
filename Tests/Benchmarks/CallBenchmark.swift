import TradeStationSessions

/// What a fresh token costs its caller, beside the least that it can cost.
///
/// All ways are gone in turns, in many short rounds, and compared within a round: whatever else the machine does at the
/// time, it does to all of them.
struct CallBenchmark {
    private static let rounds = 400
    private static let timesInARound = 20_000
    private static let timesCounted = 100_000

    /// How many times the yardstick a call may cost, by threads.
    private static let limits = [1: 1.5, 2: 2.0]

    let yardstick: Call
    let calls: [Call]
    private let track = Track()

    init(yardstick: Call, calls: [Call]) {
        self.yardstick = yardstick
        self.calls = calls
    }

    func figures() async throws -> [Figure] {
        var figures: [Figure] = []
        for threads in [1, 2] { figures += try await times(threads: threads) }
        return try await figures + allocations()
    }

    private func times(threads: Int) async throws -> [Figure] {
        let all = [yardstick] + calls
        var costs = all.map { _ in [Double]() }
        for round in 0..<Self.rounds {
            for turn in all.indices {
                // Nobody is always the one who comes first.
                let index = (turn + round) % all.count
                let cost = try await track.run(all[index], times: Self.timesInARound, threads: threads)
                costs[index].append(cost.nanoseconds)
            }
        }
        let words = threads == 1 ? "1 thread" : "\(threads) threads"
        return zip(all, costs).flatMap { call, own in
            let time = Figure("\(words): \(call.name)", Spread(own), "ns")
            guard call.name != yardstick.name else { return [time] }
            let ratio = Spread(zip(own, costs[0]).map(/))
            return [time, Figure("", ratio, "times", limit: Self.limits[threads])]
        }
    }

    private func allocations() async throws -> [Figure] {
        guard try await track.run(.oneObject, times: Self.timesCounted, threads: 1).allocations >= Self.timesCounted
        else { throw BenchmarkFailure.blindCounter("objects being made") }
        var figures: [Figure] = []
        for call in calls {
            let count = try await track.run(call, times: Self.timesCounted, threads: 1).allocations
            figures.append(
                Figure("allocations in \(Self.timesCounted) calls: \(call.name)", Double(count), "", limit: 0)
            )
        }
        return figures
    }
}
