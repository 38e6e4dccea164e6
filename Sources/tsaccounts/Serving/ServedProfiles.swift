import TradeStationSessions

/// The profiles that `serve` keeps fresh, each with an open session.
struct ServedProfiles {
    private var served: [Profile.ID: (record: ProfileRecord, session: Session)] = [:]
    /// Why profiles cannot be served: their sessions could not be opened, or they are damaged.
    private(set) var failing: [Profile.ID: AccountsError] = [:]

    /// Opens a session for every profile that is new or has changed, for example after a sign-in by another process,
    /// and drops the sessions of removed profiles.
    ///
    /// - Returns: The errors of the profiles that could not be opened, and of those that are damaged. An error is not
    ///   repeated while its code stays the same.
    mutating func update(to listing: ProfileListing, of manager: SessionManager) async throws -> [AccountsError] {
        let present = Set(listing.profiles.map(\.profile.id))
        let damaged = Dictionary(uniqueKeysWithValues: listing.damaged.map { ($0.id, $0.error) })
        served = served.filter { present.contains($0.key) }
        failing = failing.filter { present.contains($0.key) || damaged[$0.key] != nil }
        var newFailures = damaged.filter { failing[$0.key]?.code != $0.value.code }.map(\.value)
        failing.merge(damaged) { _, error in error }
        for record in listing.profiles where served[record.profile.id]?.record != record {
            let id = record.profile.id
            do {
                served[id] = (record, try await manager.session(named: record.name.text))
                failing[id] = nil
            } catch let error as AccountsError {
                if failing[id]?.code != error.code { newFailures.append(error) }
                failing[id] = error
            }
        }
        return newFailures
    }
}
