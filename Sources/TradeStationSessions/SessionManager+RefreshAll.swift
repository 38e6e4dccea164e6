public import TradeStationModel

extension SessionManager {
    /// Refreshes several profiles, a few logins at once; the profiles of one login come one after another, so that the
    /// first makes the exchange and the others adopt it, or share its failure.
    ///
    /// - Parameters:
    ///   - records: the profiles as they were read last.
    ///   - onlyIfDue: as in ``refresh(_:onlyIfDue:)``. A profile that is not due costs one look into the store.
    /// - Returns: what came of each, in the order of `records`.
    /// - Throws: `CancellationError`.
    public func refresh(
        all records: [ProfileRecord],
        onlyIfDue: Bool = false
    ) async throws -> [Result<RefreshReport, AccountsError>] {
        var logins = Dictionary(grouping: records.indices) { records[$0].login.id }.values
            .sorted { $0[0] < $1[0] }.makeIterator()
        return try await withThrowingTaskGroup(of: [(Int, Result<RefreshReport, AccountsError>)].self) { group in
            func startNext() {
                guard let places = logins.next() else { return }
                group.addTask {
                    var results: [(Int, Result<RefreshReport, AccountsError>)] = []
                    for place in places {
                        // What failed for the login has failed for all of its profiles.
                        if case .failure(let error) = results.last?.1 {
                            results.append((place, .failure(error)))
                            continue
                        }
                        do {
                            let report = try await self.refresh(records[place], onlyIfDue: onlyIfDue)
                            results.append((place, .success(report)))
                        } catch let error as AccountsError {
                            results.append((place, .failure(error)))
                        }
                    }
                    return results
                }
            }
            for _ in 0..<FreshnessRota.width { startNext() }
            var byPlace: [Int: Result<RefreshReport, AccountsError>] = [:]
            while let finished = try await group.next() {
                for (place, result) in finished { byPlace[place] = result }
                startNext()
            }
            return records.indices.compactMap { byPlace[$0] }
        }
    }
}
