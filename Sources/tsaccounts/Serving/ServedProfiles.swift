import TradeStationSessions

/// The profiles that `serve` keeps fresh, each with an open session.
struct ServedProfiles {
    private var served: [Profile.ID: (record: ProfileRecord, session: Session)] = [:]
    private var failures: [Profile.ID: AccountsError] = [:]

    /// Why the sessions of profiles could not be opened.
    var failing: [Profile.ID: AccountsError] { failures }

    /// Opens a session for every profile that is new or has changed, for example after a sign-in by another process,
    /// and drops the sessions of removed profiles.
    ///
    /// - Returns: The errors of the profiles that could not be opened, and of those that are damaged. An error is not
    ///   repeated while its code stays the same.
    mutating func update(to listing: ProfileListing, of manager: SessionManager) async throws -> [AccountsError] {
        let present = Set(listing.profiles.map(\.profile.id))
        let damaged = Dictionary(uniqueKeysWithValues: listing.damaged.map { ($0.id, $0.error) })
        served = served.filter { present.contains($0.key) }
        failures = failures.filter { present.contains($0.key) || damaged[$0.key] != nil }
        var newFailures = damaged.filter { failures[$0.key]?.code != $0.value.code }.map(\.value)
        failures.merge(damaged) { _, error in error }
        for record in listing.profiles where served[record.profile.id]?.record != record {
            let id = record.profile.id
            do {
                served[id] = (record, try await manager.session(named: record.name.text))
                failures[id] = nil
            } catch let error as AccountsError {
                if failures[id]?.code != error.code { newFailures.append(error) }
                failures[id] = error
            }
        }
        return newFailures
    }
}
