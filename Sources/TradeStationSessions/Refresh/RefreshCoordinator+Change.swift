import TradeStationModel

extension RefreshCoordinator {
    /// What the board may say as long as the tokens that a flight brought stand.
    ///
    /// - Parameter change: what it said when the flight began.
    func change(
        with landed: RefreshResult,
        of cache: CachedTokens,
        since change: Int64,
        _ order: Order
    ) async -> Int64 {
        // The flight's own saving moved the board as well: the store tells whether that was all.
        let now = cache.change
        guard now != change, let stored = try? await read(order), stored.login.generation == landed.generation else {
            return change
        }
        return now
    }
}
