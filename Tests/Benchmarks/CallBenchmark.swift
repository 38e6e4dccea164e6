import TradeStationSessions

/// Measures the cost of getting a fresh token, compared with the baseline.
///
/// All calls are measured in turn, in many short rounds, and compared within a round, so that other load on the computer
/// affects all of them equally.
struct CallBenchmark {
    private static let rounds = 400
    private static let timesInARound = 20_000
    private static let timesCounted = 100_000

    /// The maximum ratio of a call's cost to the baseline's, by number of threads.
    private static let limits = [1: 1.5, 2: 2.0]

    let baseline: Call
    let calls: [Call]
    private let runner = CallRunner()

    init(baseline: Call, calls: [Call]) {
        self.baseline = baseline
        self.calls = calls
    }

    func figures() async throws -> [Figure] {
        var figures: [Figure] = []
        for threads in [1, 2] { figures += try await times(threads: threads) }
        return try await figures + allocations()
    }

    private func times(threads: Int) async throws -> [Figure] {
        let all = [baseline] + calls
        var costs = all.map { _ in [Double]() }
        for round in 0..<Self.rounds {
            for turn in all.indices {
                // A different call comes first in each round.
                let index = (turn + round) % all.count
                let cost = try await runner.run(all[index], times: Self.timesInARound, threads: threads)
                costs[index].append(cost.nanoseconds)
            }
        }
        let label = threads == 1 ? "1 thread" : "\(threads) threads"
        return zip(all, costs).flatMap { call, cost in
            let time = Figure("\(label): \(call.name)", Spread(cost), "ns")
            guard call.name != baseline.name else { return [time] }
            let ratio = Spread(zip(cost, costs[0]).map(/))
            return [time, Figure("", ratio, "times", limit: Self.limits[threads])]
        }
    }

    private func allocations() async throws -> [Figure] {
        guard try await runner.run(.oneObject, times: Self.timesCounted, threads: 1).allocations >= Self.timesCounted
        else { throw BenchmarkFailure.allocationsNotCounted("new objects") }
        var figures: [Figure] = []
        for call in calls {
            let count = try await runner.run(call, times: Self.timesCounted, threads: 1).allocations
            figures.append(
                Figure("allocations in \(Self.timesCounted) calls: \(call.name)", Double(count), "", limit: 0)
            )
        }
        return figures
    }
}
