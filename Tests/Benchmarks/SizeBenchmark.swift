import TradeStationSessions

/// Measures the memory and timers of open sessions that a manager keeps fresh.
struct SizeBenchmark {
    /// The maximum memory of an open session, in KB.
    private static let limit = 4.0

    let store: StoreChoice
    /// The number of profiles `p1`, `p2`, ....
    let count: Int
    let place: String

    func figures() async throws -> [Figure] {
        let clock = CountingClock()
        var configuration = SessionConfiguration(store: store)
        configuration.clock = clock
        return try await withSessionManager(configuration: configuration) { manager in
            let running = Task { try await manager.run() }
            defer { running.cancel() }
            // Memory that does not depend on the number of sessions is allocated here.
            let first = try await manager.session(named: "p1")
            while clock.sleeperCount == 0 { await Task.yield() }

            let before = try MemoryUse.now()
            var sessions: [Session] = []
            sessions.reserveCapacity(count - 1)
            for number in 2...count { sessions.append(try await manager.session(named: "p\(number)")) }
            let after = try MemoryUse.now()

            guard let token = first.currentAccessToken(),
                sessions.allSatisfy({ $0.currentAccessToken() != nil })
            else { throw BenchmarkFailure.noToken }
            func each(_ part: KeyPath<MemoryUse, Double>) -> Double {
                (after[keyPath: part] - before[keyPath: part]) / 1024 / Double(sessions.count)
            }
            return [
                Figure(
                    "\(count) sessions \(place): access token",
                    Double(token.secret.exposed.utf8.count) / 1024,
                    "KB"
                ),
                Figure("each: allocated", each(\.allocated), "KB", limit: Self.limit),
                Figure("each: resident", each(\.resident), "KB", limit: Self.limit),
                Figure("each: addresses", each(\.virtual), "KB"),
                Figure("timers of all", Double(await timers(clock)), "", limit: 1),
            ]
        }
    }

    /// The number of timers, after those that were replaced by earlier ones have ended.
    private func timers(_ clock: CountingClock) async -> Int {
        let deadline = ContinuousClock.now + .seconds(1)
        while clock.sleeperCount != 1, ContinuousClock.now < deadline { await Task.yield() }
        return clock.sleeperCount
    }
}
